import { KeyRound } from 'lucide-react';
import { useEffect } from 'react';
import { Checkbox, Radio, RadioGroup } from 'react-aria-components';
import { visible } from '../../../core/api/visible.ts';
import { platformSchema } from '../../../core/api/wizard/account-setup.ts';
import { useLive, useTexts } from '../../app-state.ts';
import { hasTwoPlaces, plainPlace } from '../../model/setup/first-look.ts';
import { isDataset, isIdentity, isUser, keyNameFor } from '../../model/setup/nas.ts';
import { useChosen, useSetup } from '../../setup-state.ts';
import { Button } from '../../ui/button.tsx';
import { CheckMark } from '../../ui/check-mark.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useAsk } from './use-ask.ts';
import { Bring } from './where-bring.tsx';
import type { NasPartProps } from './where-machine.tsx';

const KEY_TIMEOUT_MS = 30_000;

/** The account there, its rights, and the key that opens it. */
export function AccountPart({ nas, onChange }: NasPartProps) {
  const { t } = useTexts();
  const key = useAsk('destination/key', KEY_TIMEOUT_MS);
  const live = useLive();
  const { ask, reply } = key;
  const encryptedAs = useSetup(({ draft }) => draft.encryptedAs);
  const { datasets } = useChosen();
  const twoPlaces = hasTwoPlaces(encryptedAs, datasets);
  const same = nas.clientIdentity !== '' && nas.clientIdentity === nas.plainIdentity;
  const plainFault = same ? 'setup.target.samePlace' : isIdentity(nas.plainIdentity) ? null : 'setup.target.nameFault';
  // After a reload the line is not known any more; asked for again, the daemon tells that of the key that is there.
  useEffect(() => {
    if (nas.key !== null && reply === null && live) void ask({ key: nas.key });
  }, [nas.key, reply, live, ask]);
  const make = async (): Promise<void> => {
    const name = keyNameFor(nas.host);
    const made = await ask({ key: name });
    if (made !== null) onChange({ key: name, identityFile: made.identityFile });
  };
  return (
    <>
      <p>{t('setup.account.explain')}</p>
      <RadioGroup
        className="radios"
        aria-label={t('setup.account.system')}
        value={nas.system}
        onChange={(value) => {
          const system = platformSchema.options.find((one) => one === value);
          if (system !== undefined) onChange({ system });
        }}
      >
        {platformSchema.options.map((system) => (
          <Radio className="radio" value={system} key={system}>
            <span className="radio-dot" aria-hidden="true" />
            {t(`setup.account.systems.${system}`)}
          </Radio>
        ))}
      </RadioGroup>
      <div className="fields">
        <TextInput
          label={t('setup.account.user')}
          hint={t('setup.account.userHint')}
          value={nas.user}
          onChange={(user) => onChange({ user: user.trim() })}
          fault={nas.user === '' || isUser(nas.user) ? null : t('setup.account.userFault')}
        />
        <TextInput
          label={t('setup.target.rootFs')}
          hint={t('setup.target.rootFsHint')}
          value={nas.rootFs}
          onChange={(rootFs) => onChange({ rootFs })}
          fault={nas.rootFs === '' || isDataset(nas.rootFs) ? null : t('setup.target.nameFault')}
        />
        <TextInput
          label={t('setup.target.identity')}
          hint={t('setup.target.identityHint')}
          value={nas.clientIdentity}
          onChange={(clientIdentity) => onChange({ clientIdentity })}
          fault={isIdentity(nas.clientIdentity) ? null : t('setup.target.nameFault')}
        />
        {twoPlaces ? (
          <TextInput
            label={t('setup.target.plainIdentity')}
            hint={t('setup.target.plainIdentityHint', { name: visible(plainPlace(nas) ?? '…') })}
            value={nas.plainIdentity}
            onChange={(plainIdentity) => onChange({ plainIdentity })}
            fault={plainFault === null ? null : t(plainFault)}
          />
        ) : null}
      </div>
      <Checkbox className="check" isSelected={nas.existing} onChange={(existing) => onChange({ existing })}>
        <CheckMark />
        {t('setup.account.existing')}
      </Checkbox>
      <Checkbox
        className="check tall"
        isSelected={nas.sudo}
        isDisabled={nas.system === 'freebsd'}
        onChange={(sudo) => onChange({ sudo })}
      >
        <CheckMark />
        <span>
          {t('setup.account.sudo')}
          <span className="sub">{t('setup.account.sudoText')}</span>
        </span>
      </Checkbox>
      <div className="setup-tools">
        <Button kind={nas.key === null ? 'main' : 'plain'} onPress={() => void make()} isDisabled={key.asking}>
          <KeyRound size={14} aria-hidden="true" />
          {t('setup.account.make')}
        </Button>
        <span role="status" className="muted">
          {key.asking ? t('setup.account.making') : ''}
          {!key.asking && reply !== null ? t(reply.existed ? 'setup.account.existed' : 'setup.account.made') : ''}
        </span>
      </div>
      {key.problem === null ? null : <ProblemBox problem={key.problem} />}
      {reply === null || !isUser(nas.user) ? null : <Bring nas={nas} publicLine={reply.publicLine} />}
    </>
  );
}
