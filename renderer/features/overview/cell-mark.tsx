import { CircleAlert, CircleArrowUp, CircleCheck, CircleDashed, CircleDot, CircleHelp, History } from 'lucide-react';
import type { Cell, CellState } from '../../model/matrix.ts';

const ICONS = {
  missing: CircleDashed,
  unknown: CircleHelp,
  old: History,
  behind: CircleDot,
  current: CircleCheck,
} as const satisfies Record<CellState, unknown>;

/** The state of a copy as a shape; colour only helps. */
export function StateMark({ state }: { readonly state: CellState }) {
  const Icon = ICONS[state];
  return <Icon className={`mark ${state}`} size={16} aria-hidden="true" />;
}

/** A copy that is on its way, or failed last, shows that beside its state. */
export function CellMark({ cell }: { readonly cell: Cell }) {
  return (
    <>
      <StateMark state={cell.state} />
      {cell.working ? <CircleArrowUp className="mark working" size={14} aria-hidden="true" /> : null}
      {cell.failed && !cell.working ? <CircleAlert className="mark failed" size={14} aria-hidden="true" /> : null}
    </>
  );
}
