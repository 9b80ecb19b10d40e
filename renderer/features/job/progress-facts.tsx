import type { ReactNode } from 'react';
import { useTexts } from '../../app-state.ts';
import type { Progress } from '../../model/progress.ts';
import type { SteadyProgress } from '../../ui/steady.ts';

interface ProgressFactsProps {
  readonly progress: Progress;
  readonly steady: SteadyProgress;
  readonly children?: ReactNode;
}

/** The figures below a bar. Each has its place, also while it is not known, so that nothing moves. */
export function ProgressFacts({ progress, steady, children }: ProgressFactsProps) {
  const { t, format } = useTexts();
  const { doneBytes, totalBytes, resumedFraction } = progress;
  const resumedBytes = resumedFraction === null || totalBytes === null ? null : resumedFraction * totalBytes;
  return (
    <p className="progress-facts fig">
      <span className="percent">{steady.fraction === null ? '' : format.percent(steady.fraction)}</span>
      <span>
        {totalBytes === null
          ? t('live.bytesOnly', { done: format.bytes(doneBytes) })
          : t('live.bytesOf', { done: format.bytes(doneBytes), total: format.bytes(totalBytes) })}
      </span>
      <span className="rate">
        {steady.bytesPerSecond === null ? '' : t('live.rate', { rate: format.rateBytes(steady.bytesPerSecond) })}
      </span>
      <span className="left">
        {steady.remainingMs === null ? '' : t('live.left', { time: format.left(steady.remainingMs) })}
      </span>
      {resumedBytes === null ? null : (
        <span className="resumed">{t('live.resumed', { bytes: format.bytes(resumedBytes) })}</span>
      )}
      {children === undefined ? null : <span>{children}</span>}
    </p>
  );
}
