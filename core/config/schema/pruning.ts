/** `pruning`: which snapshots are kept on which side. */
import { fieldFault } from '../../api/field-fault.ts';
import { andThen, byType, type Decoder, INVALID, list, object, optional, required, typeIs } from '../decode.ts';
import { bool, integer, parsed } from '../scalars.ts';
import type { BothSidesPruning, KeepRule, SnapJob } from '../types.ts';
import { parseGrid } from '../values/grid.ts';
import { regex } from './common.ts';

type Rule<T extends KeepRule['type']> = Extract<KeepRule, { readonly type: T }>;

const rule: Decoder<KeepRule> = byType<KeepRule>({
  not_replicated: object<Rule<'not_replicated'>>({
    type: typeIs('not_replicated'),
    keepSnapshotAtCursor: optional('keep_snapshot_at_cursor', bool, true),
  }),
  last_n: object<Rule<'last_n'>>({
    type: typeIs('last_n'),
    count: required('count', integer(1, 1_000_000)),
    regex: optional('regex', regex, ''),
  }),
  grid: object<Rule<'grid'>>({
    type: typeIs('grid'),
    grid: required('grid', parsed(parseGrid)),
    regex: required('regex', regex),
  }),
  regex: object<Rule<'regex'>>({
    type: typeIs('regex'),
    regex: required('regex', regex),
    negate: optional('negate', bool, false),
  }),
});

/** Nothing is replicated by a snap job, so everything would be kept for ever. */
const localRule: Decoder<KeepRule> = andThen(rule, (value, node, at) => {
  if (value.type !== 'not_replicated') return value;
  at.complain(node.place, fieldFault('local-not-replicated'));
  return INVALID;
});

export const bothSidesPruning: Decoder<BothSidesPruning> = object<BothSidesPruning>({
  keepSender: required('keep_sender', list(rule)),
  keepReceiver: required('keep_receiver', list(rule)),
});

export const localPruning: Decoder<SnapJob['pruning']> = object<SnapJob['pruning']>({
  keep: required('keep', list(localRule)),
});
