/** What jobs are made from besides their configuration: everything that has an effect is handed in. */
import type { Clock } from '../api/clock.ts';
import type { JobReport } from '../api/status.ts';
import type { Config, SshConnect, WakeConfig } from '../config/types.ts';
import type { DriveDesk } from '../drives/desk.ts';
import type { ReceivingProcesses } from '../endpoint/stalled-receive.ts';
import type { Log } from '../monitoring/log.ts';
import type { RetryPolicy } from '../replication/retry.ts';
import type { Ctx, Zfs } from '../zfs/types.ts';
import type { Throttle } from './bandwidth.ts';
import type { SpaceBook } from './space-book.ts';
import type { Transfers } from './transfers.ts';

/** OpenZFS somewhere, and whether it can be reached. */
export interface Reach {
  readonly zfs: Zfs;
  readonly ping: (ctx: Ctx) => Promise<void>;
  /** Of another machine: what receives there. */
  readonly receiving?: ReceivingProcesses;
  /** Of another machine: where it was met, when that is not the address that is asked first. */
  readonly metAt?: () => JobReport['metAt'];
  /** Wakes it up. Rejects when nothing could be sent. */
  readonly wakeUp?: (target: WakeConfig) => Promise<void>;
}

export interface JobDeps {
  /** The whole configuration as it is now: a push over a local connection needs the sink it names. Asked again, it may be another. */
  readonly config: Config;
  /** This machine. */
  readonly local: Reach;
  /** The other machine of an agentless connection. Jobs that name the same one share its ssh session. */
  readonly remote: (connect: SshConnect) => Reach;
  /** External drives of this machine; without it no job can use one. */
  readonly drives?: DriveDesk;
  /** What the jobs of this process tell each other before they send. */
  readonly transfers: Transfers;
  /** What somebody has set for now; without it only what is configured limits the bandwidth. */
  readonly throttle?: Throttle;
  /** What is known of free space; without it nothing is asked of it. */
  readonly space?: SpaceBook;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly retry: RetryPolicy;
  readonly log: Log;
}
