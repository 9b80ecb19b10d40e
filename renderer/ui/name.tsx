import { visiblePieces } from '../text/visible.ts';

/** A name from outside, as text: apart from the direction of what stands around it, with the invisible made visible. */
export function Name({ text, className = '' }: { readonly text: string; readonly className?: string }) {
  return (
    <bdi className={`name ${className}`} dir="ltr">
      {visiblePieces(text).map((piece) =>
        piece.code ? (
          <span className="code-point" key={piece.at}>
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
    </bdi>
  );
}
