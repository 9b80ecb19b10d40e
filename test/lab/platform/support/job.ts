/** Runs the engine as a push job does: fresh endpoints for every attempt, over the OpenZFS of the caller's choice. */
import type { ProblemError } from '../../../../core/api/problem.ts';
import type { DatasetReport, Guarantee, ReplicationReport } from '../../../../core/api/status.ts';
import { compileFilter } from '../../../../core/endpoint/filter.ts';
import type { ReceiveProperties } from '../../../../core/endpoint/receive-properties.ts';
import { ZfsReceiver } from '../../../../core/endpoint/receiver.ts';
import { listingRoots } from '../../../../core/endpoint/roots.ts';
import { ZfsSender } from '../../../../core/endpoint/sender.ts';
import { SideCache } from '../../../../core/endpoint/side-cache.ts';
import type { ProtectionPolicy, Receiver, Sender } from '../../../../core/endpoint/types.ts';
import { systemClock } from '../../../../core/host/system-clock.ts';
import type { SeenSides } from '../../../../core/job/prune-input.ts';
import type { InitialPolicy } from '../../../../core/replication/policy.ts';
import type { RetryPolicy } from '../../../../core/replication/retry.ts';
import { replicate } from '../../../../core/replication/run.ts';
import { TidyMemory } from '../../../../core/replication/tidy-memory.ts';
import type { SendFlags, Zfs } from '../../../../core/zfs/types.ts';

export const JOB = 'push';
export const SINK = 'sink';

const PLAIN: SendFlags = {
  raw: false,
  properties: false,
  backupProperties: false,
  largeBlocks: false,
  compressed: false,
  embeddedData: false,
};

/** What a job keeps in memory between its runs. */
export interface JobMemory {
  readonly tidy: TidyMemory;
  readonly sender: SideCache;
  readonly receiver: SideCache;
}

export function newMemory(): JobMemory {
  const monotonicMs = () => systemClock.monotonicMs();
  return { tidy: new TidyMemory(), sender: new SideCache({ monotonicMs }), receiver: new SideCache({ monotonicMs }) };
}

export interface JobSettings {
  readonly sender: Zfs;
  readonly receiver: Zfs;
  /** Patterns of the job's filter. */
  readonly filesystems: Readonly<Record<string, boolean>>;
  readonly rootFs: string;
  readonly clientIdentity?: string;
  /** Default {@link JOB}. */
  readonly jobId?: string;
  readonly placeholderEncryption?: 'unspecified' | 'inherit' | 'off';
  readonly flags?: Partial<SendFlags>;
  /** Only encrypted data may leave. */
  readonly encryptedOnly?: boolean;
  readonly initial?: InitialPolicy;
  /** Default resumability for both. */
  readonly protection?: Guarantee | ProtectionPolicy;
  /** Default true: a stream for each snapshot. */
  readonly stepwise?: boolean;
  readonly properties?: ReceiveProperties;
  readonly concurrency?: number;
  /** Default: a single attempt, but for plans that were out of date. */
  readonly retry?: RetryPolicy;
  /** What the process remembers from run to run; default nothing. */
  readonly memory?: JobMemory;
  /** Puts something between the engine and an end. */
  readonly wrapSender?: (sender: Sender) => Sender;
  readonly wrapReceiver?: (receiver: Receiver) => Receiver;
}

export interface RunOfJob {
  readonly report: ReplicationReport;
  /** Cleaning up that failed. */
  readonly cleanup: readonly ProblemError[];
  /** Both sides as the last attempt left them, for pruning. */
  readonly seen: SeenSides;
  /** A dataset as the last attempt that had it reports it. */
  dataset(name: string): DatasetReport;
}

/** A run of a job from survey to report. */
export async function runJob(settings: JobSettings): Promise<RunOfJob> {
  const cleanup: ProblemError[] = [];
  const { protection = 'guarantee_resumability', jobId = JOB } = settings;
  const flags = { ...PLAIN, ...settings.flags };
  const patterns = new Map(Object.entries(settings.filesystems));
  const common = {
    flags,
    ping: async () => undefined,
    onCleanupProblem: (problem: ProblemError) => void cleanup.push(problem),
  };
  const used: { readonly sender: ZfsSender; readonly receiver: ZfsReceiver }[] = [];
  const endpoints = () => {
    const sender = new ZfsSender({
      ...common,
      zfs: settings.sender,
      jobId,
      filter: compileFilter(patterns),
      roots: listingRoots(patterns),
      encryptedOnly: settings.encryptedOnly ?? false,
      ...(settings.memory === undefined ? {} : { cache: settings.memory.sender }),
    });
    const receiver = new ZfsReceiver({
      ...common,
      zfs: settings.receiver,
      jobId: SINK,
      root: { rootFs: settings.rootFs, clientIdentity: settings.clientIdentity ?? null },
      placeholderEncryption: settings.placeholderEncryption ?? 'off',
      properties: settings.properties ?? { inherit: [], override: new Map(), protective: false },
      mustBeEncrypted: settings.encryptedOnly ?? false,
      ...(settings.memory === undefined ? {} : { cache: settings.memory.receiver }),
    });
    used.push({ sender, receiver });
    return {
      sender: settings.wrapSender?.(sender) ?? sender,
      receiver: settings.wrapReceiver?.(receiver) ?? receiver,
    };
  };
  const report = await replicate({
    endpoints,
    jobId,
    policy: {
      initial: settings.initial ?? 'most_recent',
      protection: typeof protection === 'string' ? { initial: protection, incremental: protection } : protection,
      stepwise: settings.stepwise ?? true,
      send: { encrypted: settings.encryptedOnly ?? false, flags },
      wants: () => true,
    },
    concurrency: settings.concurrency ?? 1,
    retry: settings.retry ?? { fruitlessAttempts: 3, hardFailMs: 0 },
    memory: settings.memory?.tidy ?? new TidyMemory(),
    clock: systemClock,
    random: () => 0.5,
    signal: new AbortController().signal,
    onChange: () => undefined,
  });
  return {
    report,
    cleanup,
    seen: {
      sender: used.at(-1)?.sender.known() ?? new Map(),
      receiver: used.at(-1)?.receiver.known() ?? new Map(),
      receiverKnown: used.at(-1)?.receiver.known() !== null,
      senderLabel: settings.sender.label,
      receiverLabel: `${settings.receiver.label}:${settings.rootFs}`,
      jobId,
    },
    dataset: (name) => {
      const found = report.attempts
        .flatMap((attempt) => attempt.datasets)
        .findLast((dataset) => dataset.dataset === name);
      if (found === undefined) throw new Error(`no attempt knows ${name}: ${JSON.stringify(report)}`);
      return found;
    },
  };
}

/** Runs a job and fails unless everything was done. */
export async function runToEnd(settings: JobSettings): Promise<RunOfJob> {
  const run = await runJob(settings);
  if (run.report.outcome !== 'done') throw new Error(`the run ended otherwise: ${JSON.stringify(run.report, null, 1)}`);
  return run;
}

/** Steps as "full @1" or "incremental @1 @2", with " resumed" behind those that were. */
export function stepsOf(dataset: DatasetReport): readonly string[] {
  return dataset.steps.map((step) =>
    [step.kind, step.from, step.to, step.resumedFromBytes === null ? null : 'resumed']
      .filter((part) => part !== null)
      .join(' '),
  );
}
