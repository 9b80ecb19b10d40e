/** Which jobs of a daemon at work a new configuration touches. Pure. */
import { comparable } from './comparable.ts';
import { runnable } from './runnable.ts';
import type { Config, JobConfig } from './types.ts';

/** Every job of either configuration, by name, in exactly one of the four lists. */
export interface ReloadPlan {
  /** They go on as if nothing had happened, with whatever they are at. */
  readonly kept: readonly string[];
  /** They end, and begin anew with what they are told now. */
  readonly restarted: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** What concerns the daemon as a whole (who may ask, where, the log) is another one: all of it begins anew. */
  readonly everything: boolean;
}

/** What a job at work does differently under `after`. A job of another name is another job. */
export function planReload(before: Config, after: Config): ReloadPlan {
  const old = new Map(before.jobs.map((job) => [job.name, formOf(job, before)]));
  const names = new Set(after.jobs.map(({ name }) => name));
  const both = after.jobs.filter(({ name }) => old.has(name));
  const unchanged = new Set(both.filter((job) => old.get(job.name) === formOf(job, after)).map(({ name }) => name));
  return {
    kept: [...unchanged],
    restarted: both.filter(({ name }) => !unchanged.has(name)).map(({ name }) => name),
    added: after.jobs.filter(({ name }) => !old.has(name)).map(({ name }) => name),
    removed: [...old.keys()].filter((name) => !names.has(name)),
    everything: comparable(before.global) !== comparable(after.global),
  };
}

/**
 * All that a job is made of, and nothing else. Where it stands in the file and what a person calls it change nothing in it; what
 * it waits for and how much it may send are looked up anew each time (see ConditionsWatch and Throttle).
 */
function formOf(job: JobConfig, config: Config): string {
  const listener = job.type === 'push' && job.connect.type === 'local' ? job.connect.listenerName : null;
  const sinks = config.jobs.filter(
    (other) => other.type === 'sink' && other.serve.type === 'local' && other.serve.listenerName === listener,
  );
  return comparable([essence(job), sinks.map(essence), runnable(job, config)]);
}

const LOOKED_UP = new Set(['definedAt', 'title', 'waitFor', 'bandwidthLimit']);

/** `bandwidthLimit` stands in `send` and `recv`, the others in the job itself: no other part of a job has a key of these names. */
function essence(value: unknown): unknown {
  if (value instanceof Map) return [...value];
  if (Array.isArray(value)) return value.map(essence);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (LOOKED_UP.has(key) ? [] : [[key, essence(inner)]])),
  );
}
