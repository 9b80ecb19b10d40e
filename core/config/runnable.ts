/**
 * What this version can run. Everything of the dialect is understood; a job that asks for something that is not built is
 * refused by name, and never run without it.
 */

import { ProblemError } from '../api/problem.ts';
import { remark } from '../api/remark.ts';
import type { Config, ConnectConfig, JobConfig, ServeConfig, SnapshottingConfig } from './types.ts';
import { quote } from './values/parsed.ts';

export type Runnable = { readonly ok: true } | { readonly ok: false; readonly reasons: readonly string[] };

function connectReasons(connect: ConnectConfig): readonly string[] {
  if (connect.type === 'local' || connect.type === 'ssh' || connect.type === 'drive') return [];
  return [remark('unbuilt-connection', { type: connect.type })];
}

function serveReasons(serve: ServeConfig): readonly string[] {
  return serve.type === 'local' ? [] : [remark('unbuilt-listener', { type: serve.type })];
}

function snapshottingReasons(snapshotting: SnapshottingConfig): readonly string[] {
  if (snapshotting.type === 'manual') return [];
  return [...new Set(snapshotting.hooks.map((hook) => remark('unbuilt-hook', { type: hook.type })))];
}

/** An in-process listener that two jobs serve belongs to neither. */
function listenerReasons(name: string, config: Config): readonly string[] {
  const serving = config.jobs.filter(
    (job) =>
      (job.type === 'sink' || job.type === 'source') && job.serve.type === 'local' && job.serve.listenerName === name,
  );
  if (serving.length < 2) return [];
  const names = serving.map((job) => quote(job.name)).join(' and ');
  return [remark('listener-shared', { listener: quote(name), jobs: names })];
}

function reasonsOf(job: JobConfig, config: Config): readonly string[] {
  switch (job.type) {
    case 'push':
      return [
        ...connectReasons(job.connect),
        ...snapshottingReasons(job.snapshotting),
        ...(job.send.saved ? [remark('unbuilt-saved')] : []),
        ...(job.connect.type === 'local' ? listenerReasons(job.connect.listenerName, config) : []),
      ];
    case 'sink':
      return [
        ...serveReasons(job.serve),
        ...(job.serve.type === 'local' ? listenerReasons(job.serve.listenerName, config) : []),
      ];
    case 'snap':
      return snapshottingReasons(job.snapshotting);
    case 'pull':
    case 'source':
      return [remark('unbuilt-job', { type: job.type })];
  }
}

/** Whether a job of this configuration can be run, and every reason why not. A reason completes a sentence. */
export function runnable(job: JobConfig, config: Config): Runnable {
  const reasons = reasonsOf(job, config);
  return reasons.length === 0 ? { ok: true } : { ok: false, reasons };
}

/** The same as an error: throws `config-not-runnable` with all reasons. */
export function checkRunnable(job: JobConfig, config: Config): void {
  const result = runnable(job, config);
  if (result.ok) return;
  throw new ProblemError('config-not-runnable', { job: job.name, reason: result.reasons.join('; ') });
}
