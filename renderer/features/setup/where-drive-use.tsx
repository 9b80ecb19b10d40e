import { Radio, RadioGroup } from 'react-aria-components';
import { visible } from '../../../core/api/visible.ts';
import { useTexts } from '../../app-state.ts';
import type { DriveDraft } from '../../model/setup/drive.ts';
import { hasTwoPlaces, lookDriveParams, plainPlace } from '../../model/setup/first-look.ts';
import { isIdentity } from '../../model/setup/nas.ts';
import { changeDrive, useChosen, useSetup } from '../../setup-state.ts';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { UsePart } from './drive-use.tsx';
import { useAsk } from './use-ask.ts';
import { LOOK_TIMEOUT_MS } from './use-first-look.ts';

const ON_PLUG = ['ask', 'start', 'never'] as const satisfies readonly DriveDraft['onPlug'][];

/** The first drive of a new job: what is asked of every drive, what is asked once for all of them, and what lies there already. */
export function FirstDrive({ drive }: { readonly drive: DriveDraft }) {
  const { t } = useTexts();
  const { datasets } = useChosen();
  const encryptedAs = useSetup(({ draft }) => draft.encryptedAs);
  const look = useAsk('drive/look', LOOK_TIMEOUT_MS);
  const twoPlaces = hasTwoPlaces(encryptedAs, datasets);
  const follow = {
    asking: look.asking,
    forget: look.forget,
    begin: async (): Promise<void> => {
      const params = lookDriveParams({ drive, encryptedAs }, datasets);
      if (params !== null) await look.ask(params);
    },
  };
  return (
    <UsePart
      drive={drive}
      onChange={changeDrive}
      follow={follow}
      fields={
        <>
          <TextInput
            label={t('setup.drive.use.identity')}
            hint={t(twoPlaces ? 'setup.drive.use.identityNeeded' : 'setup.drive.use.identityHint')}
            value={drive.clientIdentity}
            onChange={(clientIdentity) => changeDrive({ clientIdentity })}
            fault={isIdentity(drive.clientIdentity) ? null : t('setup.target.nameFault')}
          />
          {twoPlaces ? (
            <TextInput
              label={t('setup.target.plainIdentity')}
              hint={t('setup.target.plainIdentityHint', { name: visible(plainPlace(drive) ?? '…') })}
              value={drive.plainIdentity}
              onChange={(plainIdentity) => changeDrive({ plainIdentity })}
              fault={isIdentity(drive.plainIdentity) ? null : t('setup.target.nameFault')}
            />
          ) : null}
        </>
      }
      options={<OnPlug value={drive.onPlug} />}
    >
      {look.problem === null ? null : <ProblemBox problem={look.problem} />}
      {look.reply === null ? null : (
        <p>
          {look.reply.adopted > 0
            ? t('setup.already.adopted', { count: look.reply.adopted })
            : t('setup.already.nothing')}
        </p>
      )}
    </UsePart>
  );
}

function OnPlug({ value: chosen }: { readonly value: DriveDraft['onPlug'] }) {
  const { t } = useTexts();
  return (
    <RadioGroup
      className="radios"
      aria-label={t('setup.drive.use.onPlug')}
      value={chosen}
      onChange={(value) => {
        const onPlug = ON_PLUG.find((one) => one === value);
        if (onPlug !== undefined) changeDrive({ onPlug });
      }}
    >
      <span className="field-label" aria-hidden="true">
        {t('setup.drive.use.onPlug')}
      </span>
      {ON_PLUG.map((one) => (
        <Radio className="radio" value={one} key={one}>
          <span className="radio-dot" aria-hidden="true" />
          {t(`setup.drive.use.onPlugs.${one}`)}
        </Radio>
      ))}
    </RadioGroup>
  );
}
