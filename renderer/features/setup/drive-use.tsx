import { type ReactNode, useState } from 'react';
import { Form } from 'react-aria-components';
import { useTexts } from '../../app-state.ts';
import { type DriveDraft, isDriveNamed, isDriveProven, isRootInPool, provenDriveBy } from '../../model/setup/drive.ts';
import { Button } from '../../ui/button.tsx';
import { Command } from '../../ui/command.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useConfirmed } from './use-confirmed.ts';

const PREPARE_TIMEOUT_MS = 15 * 60_000;
const PASSPHRASE_CHARS_MAX = 512;

interface UsePartProps {
  readonly drive: DriveDraft;
  readonly onChange: (change: Partial<DriveDraft>) => void;
  /** What else is asked of the place of the copies. */
  readonly fields?: ReactNode;
  /** What else there is to choose. */
  readonly options?: ReactNode;
  /** What is looked at once the drive has passed. */
  readonly follow?: { readonly asking: boolean; readonly forget: () => void; readonly begin: () => Promise<void> };
  /** What came of that. */
  readonly children?: ReactNode;
}

/** Where copies go on a drive that has a pool, and whether it will do. */
export function UsePart({ drive, onChange, fields, options, follow, children }: UsePartProps) {
  const { t, format } = useTexts();
  const prepare = useConfirmed('drive/prepare', PREPARE_TIMEOUT_MS);
  const [passphrase, setPassphrase] = useState('');
  const isProven = isDriveProven(drive);
  const asksNow = drive.asksPassphrase || prepare.problem?.code === 'drive-locked';
  const isLooking = follow?.asking === true;
  const busy = prepare.state !== 'idle' || isLooking;
  const { pool, poolGuid, rootFs } = drive;
  const test = async (): Promise<void> => {
    if (busy || !isDriveNamed(drive)) return;
    const typed = passphrase === '' ? null : passphrase;
    // It stays in this window no longer than until it is sent.
    setPassphrase('');
    follow?.forget();
    const proven = provenDriveBy(drive);
    const tried = await prepare.ask({ pool, poolGuid, rootFs, passphrase: typed });
    if (tried === null) {
      onChange({ proven: null });
      return;
    }
    onChange({ proven, asksPassphrase: tried.isEncrypted && drive.keyFile === null });
    await follow?.begin();
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
          onChange={(title) => onChange({ title })}
        />
        <TextInput
          label={t('setup.drive.use.rootFs')}
          hint={t('setup.drive.use.rootFsHint')}
          value={rootFs}
          onChange={(next) => onChange({ rootFs: next })}
          fault={isRootInPool(drive) ? null : t('setup.drive.use.rootFsFault')}
        />
        {fields}
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
      {options}
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
          {isLooking ? t('setup.drive.use.looking') : ''}
          {!busy && isProven ? t('setup.drive.use.proven') : ''}
        </span>
      </div>
      {prepare.problem === null ? null : <ProblemBox problem={prepare.problem} />}
      {prepare.reply?.availableBytes == null ? null : (
        <p>{t('setup.drive.use.free', { free: format.bytes(prepare.reply.availableBytes) })}</p>
      )}
      {drive.asksPassphrase ? <p>{t('setup.drive.use.encrypted')}</p> : null}
      {children}
    </Form>
  );
}
