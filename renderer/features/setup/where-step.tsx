import { Radio, RadioGroup } from 'react-aria-components';
import { useTexts } from '../../app-state.ts';
import { whereParts } from '../../model/setup/nas.ts';
import { placeSchema } from '../../model/setup/place.ts';
import { changeDraft, changeNas, useSetup } from '../../setup-state.ts';
import { Part } from './part.tsx';
import { AccountPart } from './where-account.tsx';
import { DriveParts } from './where-drive.tsx';
import { FingerprintPart } from './where-fingerprint.tsx';
import { LaterPart } from './where-later.tsx';
import { MachinePart } from './where-machine.tsx';
import { TargetPart } from './where-target.tsx';

/** Where the copies go: which machine, that it is the right one, who logs in there, and that it will do. */
export function WhereStep() {
  const { t } = useTexts();
  const place = useSetup(({ draft }) => draft.place);
  return (
    <>
      <RadioGroup
        className="places"
        aria-label={t('setup.where.place')}
        value={place}
        onChange={(value) => {
          const next = placeSchema.options.find((one) => one === value);
          if (next !== undefined) changeDraft({ place: next });
        }}
      >
        {placeSchema.options.map((one) => (
          <Radio className="place" value={one} key={one}>
            <span className="radio-dot" aria-hidden="true" />
            <span>
              <span className="strong">{t(`setup.where.places.${one}`)}</span>
              <span className="sub">{t(`setup.where.placeTexts.${one}`)}</span>
            </span>
          </Radio>
        ))}
      </RadioGroup>
      {place === 'nas' ? <NasParts /> : null}
      {place === 'drive' ? <DriveParts /> : null}
      {place === 'zrepl' ? <LaterPart /> : null}
    </>
  );
}

function NasParts() {
  const { t } = useTexts();
  const nas = useSetup(({ draft }) => draft.nas);
  const parts = whereParts(nas);
  return (
    <ol className="parts">
      <Part title={t('setup.machine.title')} open>
        <MachinePart nas={nas} onChange={changeNas} />
      </Part>
      <Part title={t('setup.key.title')} open={parts.fingerprint} closedText={t('setup.key.closed')}>
        <FingerprintPart key={`${nas.host} ${nas.port}`} nas={nas} onChange={changeNas} />
      </Part>
      <Part title={t('setup.account.title')} open={parts.account} closedText={t('setup.account.closed')}>
        <AccountPart nas={nas} onChange={changeNas} />
      </Part>
      <Part title={t('setup.target.title')} open={parts.target} closedText={t('setup.target.closed')}>
        <TargetPart nas={nas} onChange={changeNas} />
      </Part>
    </ol>
  );
}
