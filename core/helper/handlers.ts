/** What the daemon does for each request of the contract. Parameters are checked before they come here. */
import type { z } from 'zod';
import { commonProtocol, HEARTBEAT_MS, type Method, PROTOCOLS, REQUESTS } from '../api/contract.ts';
import { describeMaking } from '../api/describe-making.ts';
import { describeRequest } from '../api/describe-request.ts';
import { ProblemError } from '../api/problem.ts';
import { listMarksOf, releaseMarksOf } from '../job/ask-marks.ts';
import type { Throttle } from '../job/bandwidth.ts';
import type { Surroundings } from '../job/surroundings.ts';
import { previewRetention } from '../pruning/preview.ts';
import type { Caller } from './caller.ts';
import type { ConfigVerbs } from './config-verbs.ts';
import type { Consents, HandledMethod } from './consents.ts';
import type { Diagnostics } from './diagnostics.ts';
import { describeForgetting, forgetDrive } from './forget-drive.ts';
import type { History } from './history.ts';
import type { Pauses } from './pauses.ts';
import type { StatusHub } from './status-hub.ts';
import type { Supervisor } from './supervisor.ts';

/** Checks the parameters of a verb, then acts. Rejects with `request-invalid` for parameters that do not fit. */
export type Handler = (params: unknown, signal: AbortSignal, caller: Caller) => Promise<unknown>;
/** Giving consent is for the door alone: it has the requests that wait for it. */
export type Handlers = Readonly<Record<HandledMethod, Handler>>;

function handler<P, R>(
  method: Method,
  verb: { readonly params: z.ZodType<P>; readonly reply: z.ZodType<R> },
  act: (params: P, signal: AbortSignal, caller: Caller) => Promise<R>,
): Handler {
  return async (params, signal, caller) => act(checked(method, verb.params, params), signal, caller);
}

/** The parameters as the handler will see them. Throws `request-invalid`. */
export function checkParams(method: Method, params: unknown): unknown {
  return checked<unknown>(method, REQUESTS[method].params, params);
}

function checked<P>(method: Method, schema: z.ZodType<P>, params: unknown): P {
  const parsed = schema.safeParse(params);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? 'its parameters' : `"${issue.path.join('.')}"`;
  throw new ProblemError('request-invalid', { reason: `"${method}" does not fit at ${where}` });
}

/** What requests are answered from. */
export interface HandlerParts {
  readonly supervisor: Supervisor;
  readonly hub: StatusHub;
  readonly history: History;
  readonly pauses: Pauses;
  readonly consents: Consents;
  readonly config: ConfigVerbs;
  readonly surroundings: Surroundings;
  readonly throttle: Throttle;
  readonly diagnostics: Diagnostics;
}

/** Every verb by its name. `watch` only gives the whole status; the connection itself subscribes to what follows. */
export function createHandlers(parts: HandlerParts): Handlers {
  const { supervisor, hub, history, pauses, consents, config, surroundings, throttle, diagnostics } = parts;
  const jobs = { names: supervisor.names, job: (name: string) => supervisor.job(name) };
  const limits = () => ({ bytesPerSecond: throttle.bytesPerSecond, jobs: throttle.all(hub.nowMs) });
  const { hello, status, watch, run, wait, signal, plan } = REQUESTS;
  return {
    hello: handler('hello', hello, async ({ protocols }, _, you) => {
      const protocol = commonProtocol(PROTOCOLS, protocols);
      if (protocol === null) {
        const reason = `it speaks protocol ${PROTOCOLS.oldest} to ${PROTOCOLS.newest}, this program ${protocols.oldest} to ${protocols.newest}`;
        throw new ProblemError('daemon-mismatch', { reason });
      }
      const { version, configFile } = hub;
      const features = Object.keys(REQUESTS);
      return { protocol, protocols: PROTOCOLS, version, configFile, features, you, heartbeatMs: HEARTBEAT_MS };
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
    stop: handler('stop', REQUESTS.stop, async ({ job, how }) => ({ stopping: supervisor.stopRuns(job, how, false) })),
    pause: handler('pause', REQUESTS.pause, async ({ job, until, stop }) => {
      if (job !== null) supervisor.checkActive(job);
      // Held back first: what is stopped now must not begin anew before the pause is over.
      const paused = await pauses.set(job, until);
      return { ...paused, stopping: stop === null ? [] : supervisor.stopRuns(job, stop, true) };
    }),
    resume: handler('resume', REQUESTS.resume, async ({ job }) => {
      if (job !== null) supervisor.checkActive(job);
      const { done, kept } = await pauses.clear(job);
      return { done, kept, stillPaused: job !== null && pauses.of(null) !== null ? [job] : [] };
    }),
    'limit/get': handler('limit/get', REQUESTS['limit/get'], async () => limits()),
    'limit/set': handler('limit/set', REQUESTS['limit/set'], async ({ bytesPerSecond }) => {
      throttle.set(bytesPerSecond);
      return limits();
    }),
    'drive/eject': handler('drive/eject', REQUESTS['drive/eject'], async ({ poolGuid }, stop) => {
      await supervisor.ejectDrive(poolGuid, stop);
      return { ejected: true };
    }),
    'drive/forget': handler('drive/forget', REQUESTS['drive/forget'], (params, stop) =>
      forgetDrive({ supervisor, config }, params, stop),
    ),
    'drive/scrub': handler('drive/scrub', REQUESTS['drive/scrub'], async ({ poolGuid }, stop) => {
      await supervisor.scrubDrive(poolGuid, 'start', stop);
      return { scrubbing: true };
    }),
    'drive/scrub-stop': handler('drive/scrub-stop', REQUESTS['drive/scrub-stop'], async ({ poolGuid }, stop) => {
      await supervisor.scrubDrive(poolGuid, 'stop', stop);
      return { scrubbing: false };
    }),
    'drive/disks': handler('drive/disks', REQUESTS['drive/disks'], (_, stop) => surroundings.drives.disks(stop)),
    'drive/make': handler('drive/make', REQUESTS['drive/make'], (params, stop) =>
      surroundings.drives.make(params, stop),
    ),
    'drive/prepare': handler('drive/prepare', REQUESTS['drive/prepare'], (params, stop) =>
      surroundings.drives.prepare(params, stop),
    ),
    'drive/look': handler('drive/look', REQUESTS['drive/look'], (params, stop) =>
      surroundings.drives.look(params, stop),
    ),
    'drive/unlock': handler('drive/unlock', REQUESTS['drive/unlock'], (params, stop) =>
      surroundings.drives.unlock(params, stop),
    ),
    plan: handler('plan', plan, async ({ job }, stop) => supervisor.job(job).plan(stop)),
    history: handler('history', REQUESTS.history, async ({ job, beforeId, limit }) => {
      const page = history.page(job, beforeId, limit);
      const known = job === null || page.entries.length > 0 || beforeId !== null || supervisor.names.includes(job);
      if (!known) throw new ProblemError('job-unknown', { job });
      return page;
    }),
    diagnostics: handler('diagnostics', REQUESTS.diagnostics, async () => ({ text: await diagnostics() })),
    'abstractions/list': handler('abstractions/list', REQUESTS['abstractions/list'], ({ job }, stop) =>
      listMarksOf(jobs, job, stop),
    ),
    'abstractions/release': handler(
      'abstractions/release',
      REQUESTS['abstractions/release'],
      ({ job, which, dryRun }, stop) => releaseMarksOf(jobs, job, which, dryRun, stop),
    ),
    'config/get': handler('config/get', REQUESTS['config/get'], async (_, __, caller) => config.get(caller)),
    'config/validate': handler('config/validate', REQUESTS['config/validate'], async (params, _, caller) =>
      config.validate(params, caller),
    ),
    'config/put': handler('config/put', REQUESTS['config/put'], (params) => config.put(params)),
    'config/reload': handler('config/reload', REQUESTS['config/reload'], async () => config.reload()),
    discover: handler('discover', REQUESTS.discover, (_, stop) => surroundings.discover(stop)),
    'destination/hostkeys': handler('destination/hostkeys', REQUESTS['destination/hostkeys'], (params, stop) =>
      surroundings.hostKeys(params, stop),
    ),
    'destination/key': handler('destination/key', REQUESTS['destination/key'], (params) => surroundings.key(params)),
    'destination/test': handler('destination/test', REQUESTS['destination/test'], (params, stop) =>
      surroundings.test(params, stop),
    ),
    'destination/test-job': handler('destination/test-job', REQUESTS['destination/test-job'], ({ job }, stop) =>
      surroundings.testJob(job, stop),
    ),
    'destination/bring-key': handler('destination/bring-key', REQUESTS['destination/bring-key'], (params, stop) =>
      surroundings.bringKey(params, stop),
    ),
    'destination/look': handler('destination/look', REQUESTS['destination/look'], (params, stop) =>
      surroundings.look(params, stop),
    ),
    'retention/preview': handler('retention/preview', REQUESTS['retention/preview'], async (params) =>
      previewRetention(params),
    ),
    'consent/show': handler('consent/show', REQUESTS['consent/show'], async ({ nonce }, _, caller) =>
      consents.show(caller, nonce),
    ),
    'consent/wait': handler('consent/wait', REQUESTS['consent/wait'], ({ nonce }, stop, caller) =>
      consents.wait(caller, nonce, stop),
    ),
  };
}

/** What a request would do, for whoever has to agree to it. Parameters are checked before they come here. */
export function describeFor({ supervisor, config }: HandlerParts) {
  return async (method: Method, params: unknown, signal: AbortSignal): Promise<readonly string[]> => {
    const jobs = { names: supervisor.names, job: (name: string) => supervisor.job(name) };
    if (method === 'pause') {
      const { job } = REQUESTS.pause.params.parse(params);
      if (job !== null) supervisor.checkActive(job);
    }
    const what = describeRequest(method, params);
    if (method === 'config/put') {
      return [what, ...config.describe(REQUESTS[method].params.parse(params))];
    }
    if (method === 'drive/make') return [what, ...describeMaking(REQUESTS[method].params.parse(params))];
    if (method === 'drive/forget') {
      const forgetting = REQUESTS[method].params.parse(params);
      return [what, ...(await describeForgetting({ supervisor, config }, forgetting, signal))];
    }
    if (method !== 'abstractions/release') return [what];
    const { job, which } = REQUESTS[method].params.parse(params);
    const { releases } = await releaseMarksOf(jobs, job, which, true, signal);
    return [
      what,
      ...releases.map(({ row }) => `${row.host}: ${row.fullName}${row.tag === null ? '' : ` (${row.tag})`}`),
    ];
  };
}
