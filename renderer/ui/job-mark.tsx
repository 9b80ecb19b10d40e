import { Circle, CircleArrowUp, CirclePause, Clock, OctagonAlert, TriangleAlert } from 'lucide-react';
import type { JobMarkKind } from '../model/job-mark.ts';

const ICONS = {
  refused: OctagonAlert,
  failed: TriangleAlert,
  waiting: Clock,
  working: CircleArrowUp,
  paused: CirclePause,
  quiet: Circle,
} as const satisfies Record<JobMarkKind, unknown>;

/** How a job stands, as a shape. */
export function JobMark({ mark }: { readonly mark: JobMarkKind }) {
  const Icon = ICONS[mark];
  return <Icon className={`mark job-${mark}`} size={16} aria-hidden="true" />;
}
