import { useState } from 'react';
import { Form } from 'react-aria-components';
import { useTexts } from '../../app-state.ts';
import { Button } from '../../ui/button.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useAsk } from './use-ask.ts';

/** An import may take its time. */
const UNLOCK_TIMEOUT_MS = 10 * 60_000;
const PASSPHRASE_CHARS_MAX = 512;

interface UnlockProps {
  readonly poolGuid: string;
  /** The service knows the drive. */
  readonly isThere: boolean;
  readonly onOpen: () => void;
}

/** Opens an encrypted drive for the backup that follows. */
export function Unlock({ poolGuid, isThere, onOpen }: UnlockProps) {
  const { t } = useTexts();
  const unlock = useAsk('drive/unlock', UNLOCK_TIMEOUT_MS);
  const [passphrase, setPassphrase] = useState('');
  const send = async (): Promise<void> => {
    const typed = passphrase;
    // It stays in this window no longer than until it is sent.
    setPassphrase('');
    if ((await unlock.ask({ poolGuid, passphrase: typed })) !== null) onOpen();
  };
  return (
    <Form
      className="stack unlock"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <p>{t('setup.drive.run.unlock')}</p>
      <TextInput
        label={t('setup.drive.use.passphrase')}
        hint={t('setup.drive.use.passphraseHint')}
        type="password"
        value={passphrase}
        maxLength={PASSPHRASE_CHARS_MAX}
        onChange={setPassphrase}
      />
      <div className="setup-tools">
        <Button type="submit" kind="main" isDisabled={!isThere || unlock.asking || passphrase.length < 8}>
          {t('setup.drive.run.unlockIt')}
        </Button>
        <span role="status" className="muted">
          {unlock.asking ? t('setup.drive.run.unlocking') : ''}
        </span>
      </div>
      {unlock.problem === null ? null : <ProblemBox problem={unlock.problem} />}
    </Form>
  );
}
