import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { useTexts } from '../app-state.ts';
import { Button } from './button.tsx';
import { Name } from './name.tsx';

interface CommandProps {
  /** Where it is typed; null where that is said elsewhere. */
  readonly where: string | null;
  /** One command, or several in lines of their own. */
  readonly text: string;
  /** What is copied, for those who hear only the button. */
  readonly label?: string;
}

/** A command to see something for oneself, with a button that copies it. */
export function Command({ where, text, label }: CommandProps) {
  const { t } = useTexts();
  const [copied, setCopied] = useState(false);
  const said = t(copied ? 'evidence.copied' : 'evidence.copy');
  return (
    <figure className="command">
      {where === null ? null : <figcaption>{where}</figcaption>}
      <code dir="ltr">
        {numbered(text).map(({ number, line }) => (
          <span className="command-line" key={number}>
            <Name text={line} />
          </span>
        ))}
      </code>
      <Button
        kind="quiet"
        {...(label === undefined ? {} : { label: `${said}: ${label}` })}
        onPress={() => {
          void navigator.clipboard.writeText(text).then(
            () => setCopied(true),
            // The command stands there to be marked by hand.
            () => setCopied(false),
          );
        }}
      >
        {copied ? <Check size={14} aria-hidden="true" /> : <Copy size={14} aria-hidden="true" />}
        {said}
      </Button>
    </figure>
  );
}

function numbered(text: string): readonly { readonly number: number; readonly line: string }[] {
  return text.split('\n').map((line, index) => ({ number: index + 1, line }));
}
