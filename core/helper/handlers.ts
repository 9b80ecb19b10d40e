/** What the daemon does for each request of the contract. Parameters are checked before they come here. */
import type { z } from 'zod';
import { type Method, PROTOCOL_VERSION, REQUESTS } from '../api/contract.ts';
import { asProblemError, type Problem, ProblemError } from '../api/problem.ts';
import type { Job } from '../job/types.ts';
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
export function createHandlers(supervisor: Supervisor, hub: StatusHub): Handlers {
  const jobsOf = (job: string | null): readonly Job[] => (job === null ? supervisor.runnable : [supervisor.job(job)]);
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
    'abstractions/list': handler('abstractions/list', REQUESTS['abstractions/list'], async ({ job }, stop) => {
      const asked = await eachJob(jobsOf(job), job === null, (one) => one.abstractions(stop));
      return { rows: asked.results.flat(), problems: asked.problems };
    }),
    'abstractions/release': handler(
      'abstractions/release',
      REQUESTS['abstractions/release'],
      async ({ job, which, dryRun }, stop) => {
        const asked = await eachJob(jobsOf(job), job === null, (one) => one.releaseAbstractions(which, dryRun, stop));
        return { releases: asked.results.flat(), problems: asked.problems };
      },
    ),
  };
}

/** Asks one job after another. With `tolerant`, a job that cannot answer does not hide what the others say. */
async function eachJob<T>(
  jobs: readonly Job[],
  tolerant: boolean,
  ask: (job: Job) => Promise<T>,
): Promise<{ results: T[]; problems: Problem[] }> {
  const results: T[] = [];
  const problems: Problem[] = [];
  for (const job of jobs) {
    try {
      results.push(await ask(job));
    } catch (thrown) {
      if (!tolerant) throw thrown;
      problems.push(asProblemError(thrown).toProblem());
    }
  }
  return { results, problems };
}
