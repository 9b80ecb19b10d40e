import { ShieldCheck, ShieldX } from 'lucide-react';
import { useRef, useState } from 'react';
import { Checkbox } from 'react-aria-components';
import { visible } from '../../../core/api/visible.ts';
import { hostKeyLine } from '../../../core/api/wizard/account-setup.ts';
import { useTexts } from '../../app-state.ts';
import { compareFingerprint, groupedFingerprint, type HostKey, preferredKey } from '../../model/setup/fingerprint.ts';
import { Button } from '../../ui/button.tsx';
import { CheckMark } from '../../ui/check-mark.tsx';
import { Command } from '../../ui/command.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { useAsk } from './use-ask.ts';
import type { NasPartProps } from './where-machine.tsx';

/** Connecting, and hearing its keys. */
const HOST_KEYS_TIMEOUT_MS = 60_000;

/**
 * That the machine is the right one. Nothing is trusted before a person has compared. To be keyed by the machine: what another
 * one has said is of no worth.
 */
export function FingerprintPart({ nas, onChange }: NasPartProps) {
  const { t } = useTexts();
  const { asking, reply, problem, ask } = useAsk('destination/hostkeys', HOST_KEYS_TIMEOUT_MS);
  const { host, port, hostKey } = nas;
  const box = useRef<HTMLDivElement | null>(null);
  /** What had the keyboard goes away with the change: it goes on from here. */
  const become = (next: string | null): void => {
    onChange({ hostKey: next });
    box.current?.focus();
  };
  return (
    <div className="stack" tabIndex={-1} ref={box}>
      {hostKey === null ? (
        <>
          <p>{t('setup.key.explain')}</p>
          <div className="setup-tools">
            <Button onPress={() => void ask({ host, port })} isDisabled={asking}>
              {t('setup.key.fetch', { host: visible(host) })}
            </Button>
            <span role="status" className="muted">
              {asking ? t('setup.key.fetching') : ''}
            </span>
          </div>
          {problem === null ? null : <ProblemBox problem={problem} />}
          {reply === null ? null : <Comparing keys={reply.keys} onSame={(key) => become(key.fingerprint)} />}
        </>
      ) : (
        <div className="compared">
          <p className="good">
            <ShieldCheck size={16} aria-hidden="true" /> {t('setup.key.compared')}
          </p>
          <Fingerprint fingerprint={hostKey} />
          <Button onPress={() => become(null)}>{t('setup.key.again')}</Button>
        </div>
      )}
    </div>
  );
}

interface ComparingProps {
  readonly keys: readonly HostKey[];
  readonly onSame: (key: HostKey) => void;
}

function Comparing({ keys, onSame }: ComparingProps) {
  const { t } = useTexts();
  const [typed, setTyped] = useState('');
  const key = preferredKey(keys);
  if (key === null) return <p className="bad">{t('setup.key.none')}</p>;
  const comparison = compareFingerprint(typed, keys);
  return (
    <>
      <Command where={t('setup.key.command')} text={hostKeyLine(key.type)} />
      <p>{t('setup.key.shown', { type: key.type })}</p>
      <Fingerprint fingerprint={key.fingerprint} />
      <TextInput
        label={t('setup.key.typed')}
        hint={t(comparison.kind === 'unfinished' ? 'setup.key.unfinished' : 'setup.key.typedHint')}
        value={typed}
        maxLength={1000}
        onChange={(text) => {
          setTyped(text);
          const found = compareFingerprint(text, keys);
          if (found.kind === 'same') onSame(found.key);
        }}
        fault={comparison.kind === 'different' ? t('setup.key.different') : null}
      />
      {comparison.kind === 'different' ? (
        <p className="problem-box" role="alert">
          <ShieldX className="problem-icon" size={18} aria-hidden="true" />
          <span>{t('setup.key.differentText')}</span>
        </p>
      ) : null}
      <Checkbox
        className="check"
        isSelected={false}
        isDisabled={comparison.kind === 'different'}
        onChange={() => onSame(key)}
      >
        <CheckMark />
        {t('setup.key.byEye')}
      </Checkbox>
    </>
  );
}

/** In groups, as one reads it aloud. */
function Fingerprint({ fingerprint }: { readonly fingerprint: string }) {
  const groups = groupedFingerprint(fingerprint);
  return (
    <p className="fingerprint" dir="ltr" role="img" aria-label={fingerprint}>
      <code>SHA256:</code>
      {groups.map(({ at, text }) => (
        <code key={at}>{text}</code>
      ))}
    </p>
  );
}
