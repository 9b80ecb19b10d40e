import { ProgressBar } from 'react-aria-components';
import { useTexts } from '../app-state.ts';

interface BarProps {
  readonly label: string;
  /** Null while the whole is not known: then nothing is filled. */
  readonly fraction: number | null;
  /** Where this run went on. */
  readonly resumedFraction: number | null;
}

/** How far something is. What was there before this run is told apart, with a mark where it goes on. */
export function Bar({ label, fraction, resumedFraction }: BarProps) {
  const { t } = useTexts();
  const filled = fraction ?? 0;
  const resumed = resumedFraction === null ? null : Math.min(resumedFraction, filled);
  return (
    <ProgressBar
      className="bar"
      aria-label={label}
      value={filled * 100}
      isIndeterminate={fraction === null}
      data-resumed={resumed === null ? undefined : resumed.toFixed(3)}
    >
      <div className="bar-track">
        <div className="bar-fill" style={{ inlineSize: `${filled * 100}%` }} />
        {resumed === null ? null : (
          <>
            <div className="bar-resumed" style={{ inlineSize: `${resumed * 100}%` }} />
            <div
              className="bar-mark"
              style={{ insetInlineStart: `${resumed * 100}%` }}
              title={t('live.resumeMark')}
              aria-hidden="true"
            />
          </>
        )}
      </div>
    </ProgressBar>
  );
}
