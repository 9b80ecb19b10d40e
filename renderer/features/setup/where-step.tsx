import { Radio, RadioGroup } from 'react-aria-components';
import { useTexts } from '../../app-state.ts';
import { whereParts } from '../../model/setup/nas.ts';
import { changeNas, useSetup } from '../../setup-state.ts';
import { Part } from './part.tsx';
import { AccountPart } from './where-account.tsx';
import { FingerprintPart } from './where-fingerprint.tsx';
import { MachinePart } from './where-machine.tsx';
import { TargetPart } from './where-target.tsx';

const PLACES = ['nas', 'drive', 'zrepl'] as const;

/** Where the copies go: which machine, that it is the right one, who logs in there, and that it will do. */
export function WhereStep() {
  const { t } = useTexts();
  const nas = useSetup(({ draft }) => draft.nas);
  const parts = whereParts(nas);
  return (
    <>
      <RadioGroup className="places" aria-label={t('setup.where.place')} value="nas">
        {PLACES.map((place) => (
          <Radio className="place" value={place} key={place} isDisabled={place !== 'nas'}>
            <span className="radio-dot" aria-hidden="true" />
            <span>
              <span className="strong">{t(`setup.where.places.${place}`)}</span>
              <span className="sub">{t(`setup.where.placeTexts.${place}`)}</span>
            </span>
          </Radio>
        ))}
      </RadioGroup>
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
    </>
  );
}
