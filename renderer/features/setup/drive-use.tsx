import { useState } from 'react';
import { Form, Radio, RadioGroup } from 'react-aria-components';
import { visible } from '../../../core/api/visible.ts';
import { useTexts } from '../../app-state.ts';
import { type DriveDraft, isDriveNamed, isDriveProven, provenDriveBy } from '../../model/setup/drive.ts';
import { hasTwoPlaces, lookDriveParams, plainPlace } from '../../model/setup/first-look.ts';
import { isDataset, isIdentity } from '../../model/setup/nas.ts';
import { changeDrive, useChosen, useSetup } from '../../setup-state.ts';
import { Button } from '../../ui/button.tsx';
import { Command } from '../../ui/command.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useAsk } from './use-ask.ts';
import { useConfirmed } from './use-confirmed.ts';
import { LOOK_TIMEOUT_MS } from './use-first-look.ts';

const PREPARE_TIMEOUT_MS = 15 * 60_000;
const PASSPHRASE_CHARS_MAX = 512;
const ON_PLUG = ['ask', 'start', 'never'] as const satisfies readonly DriveDraft['onPlug'][];

/** Where copies go on a drive that has a pool, and whether it will do. */
export function UsePart({ drive }: { readonly drive: DriveDraft }) {
  const { t, format } = useTexts();
  const { datasets } = useChosen();
  const encryptedAs = useSetup(({ draft }) => draft.encryptedAs);
  const prepare = useConfirmed('drive/prepare', PREPARE_TIMEOUT_MS);
  const look = useAsk('drive/look', LOOK_TIMEOUT_MS);
  const [passphrase, setPassphrase] = useState('');
  const isProven = isDriveProven(drive);
  const asksNow = drive.asksPassphrase || prepare.problem?.code === 'drive-locked';
  const twoPlaces = hasTwoPlaces(encryptedAs, datasets);
  const busy = prepare.state !== 'idle' || look.asking;
  const { pool, poolGuid, rootFs } = drive;
  const isInPool = isDataset(rootFs) && (rootFs === pool || rootFs.startsWith(`${pool}/`));
  const test = async (): Promise<void> => {
    if (busy || !isDriveNamed(drive)) return;
    const typed = passphrase === '' ? null : passphrase;
    // It stays in this window no longer than until it is sent.
    setPassphrase('');
    look.forget();
    const proven = provenDriveBy(drive);
    const tried = await prepare.ask({ pool, poolGuid, rootFs, passphrase: typed });
    if (tried === null) {
      changeDrive({ proven: null });
      return;
    }
    changeDrive({ proven, asksPassphrase: tried.isEncrypted && drive.keyFile === null });
    const params = lookDriveParams({ drive, encryptedAs }, datasets);
    if (params !== null) await look.ask(params);
  };
  return (
    <Form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void test();
      }}
    >
      <p>{t('setup.drive.use.explain')}</p>
      <div className="fields">
        <TextInput
          label={t('setup.drive.use.name')}
          hint={t('setup.drive.use.nameHint')}
          value={drive.title === '' ? pool : drive.title}
          maxLength={100}
          raw={false}
          onChange={(title) => changeDrive({ title })}
        />
        <TextInput
          label={t('setup.drive.use.rootFs')}
          hint={t('setup.drive.use.rootFsHint')}
          value={rootFs}
          onChange={(next) => changeDrive({ rootFs: next })}
          fault={isInPool ? null : t('setup.drive.use.rootFsFault')}
        />
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
        {asksNow ? (
          <TextInput
            label={t('setup.drive.use.passphrase')}
            hint={t('setup.drive.use.passphraseHint')}
            type="password"
            value={passphrase}
            maxLength={PASSPHRASE_CHARS_MAX}
            onChange={setPassphrase}
          />
        ) : null}
      </div>
      <RadioGroup
        className="radios"
        aria-label={t('setup.drive.use.onPlug')}
        value={drive.onPlug}
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
      {drive.keyFile === null ? null : (
        <Command where={t('setup.drive.make.keyFile')} text={drive.keyFile} label={t('setup.drive.make.keyFile')} />
      )}
      <div className="setup-tools">
        <Button type="submit" kind={isProven ? 'plain' : 'main'} isDisabled={busy || !isDriveNamed(drive)}>
          {t(isProven ? 'setup.drive.use.testAgain' : 'setup.drive.use.test')}
        </Button>
        <span role="status" className={isProven && !busy ? 'good' : 'muted'}>
          {prepare.state === 'waiting' ? t('setup.drive.use.waiting') : ''}
          {prepare.state === 'asking' ? t('setup.drive.use.testing') : ''}
          {look.asking ? t('setup.drive.use.looking') : ''}
          {!busy && isProven ? t('setup.drive.use.proven') : ''}
        </span>
      </div>
      {prepare.problem === null ? null : <ProblemBox problem={prepare.problem} />}
      {prepare.reply?.availableBytes == null ? null : (
        <p>{t('setup.drive.use.free', { free: format.bytes(prepare.reply.availableBytes) })}</p>
      )}
      {drive.asksPassphrase ? <p>{t('setup.drive.use.encrypted')}</p> : null}
      {look.problem === null ? null : <ProblemBox problem={look.problem} />}
      {look.reply === null ? null : (
        <p>
          {look.reply.adopted > 0
            ? t('setup.already.adopted', { count: look.reply.adopted })
            : t('setup.already.nothing')}
        </p>
      )}
    </Form>
  );
}
