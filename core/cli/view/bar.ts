/** Progress of one step as far as it is known. */
import type { StepReport } from '../../api/status.ts';
import { type Span, span } from '../text/spans.ts';

/** Shown until the step is really finished: estimates are often a little short. */
const ALMOST_ALL = 0.999;

/** Part of the whole step that is over, counting what an earlier session left; null while the whole is not known. */
export function stepFraction(step: StepReport): number | null {
  if (step.bytesExpected === null) return null;
  const resumed = step.resumedFromBytes ?? 0;
  const all = resumed + step.bytesExpected;
  if (all <= 0) return null;
  return Math.min((resumed + step.bytesReplicated) / all, ALMOST_ALL);
}

/** A bar of that many columns. */
export function barSpans(fraction: number, width: number): Span[] {
  const filled = Math.floor(fraction * width);
  return [span('━'.repeat(filled), 'active'), span('─'.repeat(width - filled), 'dim')];
}

/** "51.3 %"; never rounded up to 100. */
export function formatPercent(fraction: number): string {
  return `${(Math.floor(fraction * 1000) / 10).toFixed(1)} %`;
}
