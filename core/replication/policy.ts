/** What a job wants of a replication, as plain data. */
import type { Guarantee } from '../api/status.ts';
import type { ProtectionPolicy } from '../endpoint/types.ts';
import type { SendFlags } from '../zfs/types.ts';

export type InitialPolicy = 'most_recent' | 'all' | 'fail';

export interface SendPolicy {
  /** Only encrypted data may leave; a dataset that is not encrypted is refused. */
  readonly encrypted: boolean;
  readonly flags: SendFlags;
}

export interface ReplicationPolicy {
  readonly initial: InitialPolicy;
  readonly protection: ProtectionPolicy;
  /** Every snapshot in a stream of its own instead of runs of increments. */
  readonly stepwise: boolean;
  readonly send: SendPolicy;
  /** Which snapshots are sent; any common version may still be the base. */
  readonly wants: (snapshotName: string) => boolean;
}

/** Protection of a step: a full send is an initial one, whoever held what before. */
export function guaranteeOf(step: { readonly from: unknown }, protection: ProtectionPolicy): Guarantee {
  return step.from === null ? protection.initial : protection.incremental;
}
