import { ChevronRight } from 'lucide-react';
import { Button, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import { visiblePieces } from '../text/visible.ts';

/** Raw text of a program, folded away. Line ends stay; everything else that cannot be seen is shown. */
export function RawText({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <Disclosure className="raw">
      <Heading level={4} className="raw-title">
        <Button slot="trigger" className="button quiet">
          <ChevronRight className="turn" size={14} aria-hidden="true" />
          {title}
        </Button>
      </Heading>
      <DisclosurePanel className="raw-panel">
        <pre dir="ltr">
          {visiblePieces(text).map((piece) =>
            piece.code && piece.text !== 'U+000A' ? (
              <span className="code-point" key={piece.at}>
                {piece.text}
              </span>
            ) : (
              <span key={piece.at}>{piece.code ? '\n' : piece.text}</span>
            ),
          )}
        </pre>
      </DisclosurePanel>
    </Disclosure>
  );
}
