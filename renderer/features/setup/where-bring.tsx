import { useState } from 'react';
import { Form } from 'react-aria-components';
import { visible } from '../../../core/api/visible.ts';
import { accountSetup } from '../../../core/api/wizard/account-setup.ts';
import { useTexts } from '../../app-state.ts';
import type { NasDraft } from '../../model/setup/nas.ts';
import { Button } from '../../ui/button.tsx';
import { Command } from '../../ui/command.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useAsk } from './use-ask.ts';

/** A login by password may take its time on purpose. */
const BRING_TIMEOUT_MS = 90_000;
const PASSWORD_CHARS_MAX = 1024;

interface BringProps {
  readonly nas: NasDraft;
  readonly publicLine: string;
}

/** What is typed on the NAS, and how the key gets there. */
export function Bring({ nas, publicLine }: BringProps) {
  const { t } = useTexts();
  const bring = useAsk('destination/bring-key', BRING_TIMEOUT_MS);
  const { system, user, existing, rootFs, sudo } = nas;
  const steps = accountSetup({ platform: system, user, existing, publicLine, rootFs, sudo });
  // What was brought with the password needs no line any more.
  const open = (steps ?? []).filter(({ step }) => step !== 'key' || bring.reply === null);
  return (
    <div className="bring">
      {existing ? <WithPassword nas={nas} bring={bring} /> : null}
      <h3>{t('setup.account.lines')}</h3>
      {steps === null ? (
        <>
          <p className="muted">{t('setup.account.noLines')}</p>
          <Command where={t('setup.account.orPaste')} text={publicLine} label={t('setup.account.publicLine')} />
        </>
      ) : (
        <ol className="bring-steps">
          {open.map(({ step, into, lines }) => (
            <li key={step}>
              <Command
                where={`${t(`setup.account.step.${step}`)} ${into === 'form' ? t('setup.account.intoForm') : ''}`}
                text={lines.join('\n')}
                label={t(`setup.account.step.${step}`)}
              />
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

interface WithPasswordProps {
  readonly nas: NasDraft;
  readonly bring: ReturnType<typeof useAsk<'destination/bring-key'>>;
}

function WithPassword({ nas, bring }: WithPasswordProps) {
  const { t } = useTexts();
  const [password, setPassword] = useState('');
  const { host, port, hostKey, user, key } = nas;
  const send = async (): Promise<void> => {
    if (hostKey === null || key === null || password === '') return;
    const typed = password;
    // It stays in this window no longer than until it is sent.
    setPassword('');
    await bring.ask({ host, port, user, key, hostKey, password: typed });
  };
  return (
    <>
      <h3>{t('setup.account.bring')}</h3>
      <Form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <TextInput
          label={t('setup.account.password', { user: visible(user) })}
          hint={t('setup.account.passwordHint')}
          type="password"
          value={password}
          maxLength={PASSWORD_CHARS_MAX}
          onChange={setPassword}
        />
        <div className="setup-tools">
          <Button type="submit" isDisabled={bring.asking || password === ''}>
            {t('setup.account.bringIt')}
          </Button>
          <span role="status" className={bring.reply === null ? 'muted' : 'good'}>
            {bring.asking ? t('setup.account.bringing') : ''}
            {bring.reply === null ? '' : t(`setup.account.${bring.reply.outcome}`)}
          </span>
        </div>
      </Form>
      {bring.problem === null ? null : <ProblemBox problem={bring.problem} />}
    </>
  );
}
