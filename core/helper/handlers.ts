/** What the daemon does for each request of the contract. Parameters are checked before they come here. */
import type { z } from 'zod';
import { type Method, PROTOCOL_VERSION, REQUESTS } from '../api/contract.ts';
import { ProblemError } from '../api/problem.ts';
import { listMarksOf, releaseMarksOf } from '../job/ask-marks.ts';
import type { History } from './history.ts';
import type { StatusHub } from './status-hub.ts';
import type { Supervisor } from './supervisor.ts';

/** Checks the parameters of a verb, then acts. Rejects with `request-invalid` for parameters that do not fit. */
export type Handler = (params: unknown, signal: AbortSignal) => Promise<unknown>;
export type Handlers = Readonly<Record<Method, Handler>>;

function handler<P, R>(
  method: Method,
  verb: { readonly params: z.ZodType<P>; readonly reply: z.ZodType<R> },
  act: (params: P, signal: AbortSignal) => Promise<R>,
): Handler {
  return async (params, signal) => {
    const parsed = verb.params.safeParse(params);
    if (parsed.success) return act(parsed.data, signal);
    const issue = parsed.error.issues[0];
    const where = issue === undefined || issue.path.length === 0 ? 'its parameters' : `"${issue.path.join('.')}"`;
    throw new ProblemError('request-invalid', { reason: `"${method}" does not fit at ${where}` });
  };
}

/** Every verb by its name. `watch` only gives the whole status; the connection itself subscribes to what follows. */
export function createHandlers(supervisor: Supervisor, hub: StatusHub, history: History): Handlers {
  const jobs = { names: supervisor.names, job: (name: string) => supervisor.job(name) };
  const { hello, status, watch, run, wait, signal, plan } = REQUESTS;
  return {
    hello: handler('hello', hello, async ({ protocol }) => {
      if (protocol !== PROTOCOL_VERSION) {
        throw new ProblemError('request-invalid', { reason: `protocol ${protocol} is not spoken here` });
      }
      return { protocol: PROTOCOL_VERSION, version: hub.version, configFile: hub.configFile };
    }),
    status: handler('status', status, async () => hub.status()),
    watch: handler('watch', watch, async () => hub.status()),
    run: handler('run', run, async ({ job, snapshot }) => supervisor.job(job).wake('run', { snapshot })),
    wait: handler('wait', wait, async ({ job, runId }, stop) => supervisor.job(job).waitFor(runId, stop)),
    signal: handler('signal', signal, async ({ job, op }) => {
      const target = supervisor.job(job);
      if (op === 'reset') return { done: target.reset(), queued: false };
      return { done: true, queued: target.wake('wakeup', { snapshot: false }).queued };
    }),
    plan: handler('plan', plan, async ({ job }, stop) => supervisor.job(job).plan(stop)),
    history: handler('history', REQUESTS.history, async ({ job, beforeId, limit }) => {
      const page = history.page(job, beforeId, limit);
      const known = job === null || page.entries.length > 0 || beforeId !== null || supervisor.names.includes(job);
      if (!known) throw new ProblemError('job-unknown', { job });
      return page;
    }),
    'abstractions/list': handler('abstractions/list', REQUESTS['abstractions/list'], ({ job }, stop) =>
      listMarksOf(jobs, job, stop),
    ),
    'abstractions/release': handler(
      'abstractions/release',
      REQUESTS['abstractions/release'],
      ({ job, which, dryRun }, stop) => releaseMarksOf(jobs, job, which, dryRun, stop),
    ),
  };
}
