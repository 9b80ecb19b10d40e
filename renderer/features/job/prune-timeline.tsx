import type { JobPlan } from '../../../core/api/status.ts';
import { useTexts } from '../../app-state.ts';
import { timelineMarks } from '../../model/timeline.ts';

type Dataset = JobPlan['pruning'][number]['datasets'][number];

const WIDTH = 1000;

/** Kept and destroyed snapshots of a dataset, oldest first; the list below says the same in words. */
export function PruneTimeline({ dataset }: { readonly dataset: Dataset }) {
  const { t, direction } = useTexts();
  const { snapshots } = dataset;
  const destroyed = snapshots.filter(({ verdict }) => verdict === 'destroy').length;
  const label = t('plan.timeline', { dataset: dataset.dataset, kept: snapshots.length - destroyed, destroyed });
  return (
    <svg
      className="timeline"
      viewBox={`0 0 ${WIDTH} 44`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      transform={direction === 'rtl' ? 'scale(-1 1)' : undefined}
    >
      <path className="axis" d={`M0 32H${WIDTH}`} />
      {timelineMarks(snapshots).map(({ key, at, verdict }) => (
        <path key={key} className={verdict} d={verdict === 'keep' ? `M${at * WIDTH} 8V32` : `M${at * WIDTH} 32v10`} />
      ))}
    </svg>
  );
}
