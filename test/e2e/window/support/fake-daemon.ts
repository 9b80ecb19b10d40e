/** A daemon in memory behind a page's WebSocket: what it says is what a test decides, in the form of the contract. */
import type { Page, WebSocketRoute } from 'playwright-core';
import { z } from 'zod';
import type { ConfigChange } from '../../../../core/api/config.ts';
import type { ConsentOutcome } from '../../../../core/api/consent.ts';
import {
  type Method,
  PROBLEM_ERROR_CODE,
  PROTOCOLS,
  REQUESTS,
  type Reply,
  STATUS_CHANGED,
} from '../../../../core/api/contract.ts';
import type { HistoryEntry } from '../../../../core/api/history.ts';
import type { ProblemError } from '../../../../core/api/problem.ts';
import {
  type HelperStart,
  NOTICES_DEFAULT,
  type PastNotice,
  SHELL_REQUESTS,
  type ShellMethod,
  type ShellSettings,
} from '../../../../core/api/shell-desk.ts';
import type { DaemonStatus, JobPlan, JobStatus } from '../../../../core/api/status.ts';
import { previewRetention } from '../../../../core/pruning/preview.ts';

const requestSchema = z.strictObject({
  jsonrpc: z.literal('2.0'),
  id: z.number(),
  method: z.string(),
  params: z.unknown(),
});

export interface Asked {
  readonly method: string;
  readonly params: unknown;
}

export class FakeDaemon {
  status: DaemonStatus;
  history: readonly HistoryEntry[] = [];
  plan: JobPlan = { job: '', replication: [], pruning: [] };
  /** What it speaks. */
  protocols: { readonly oldest: number; readonly newest: number } = PROTOCOLS;
  config: Reply<'config/get'> = {
    file: '/etc/snapferry/snapferry.yml',
    text: 'jobs: []\n',
    masked: false,
    digest: 'a'.repeat(64),
    jobs: [],
    problems: [],
  };
  /** What a change of the configuration would mean. */
  look: (change: ConfigChange) => Reply<'config/validate'> = (change) => ({
    text: change.kind === 'text' ? change.text : (this.config.text ?? ''),
    valid: true,
    jobs: this.config.jobs,
    problems: [],
    refused: [],
    effects: [],
  });
  /** What the shell says of itself. */
  shell: ShellSettings = { notices: { ...NOTICES_DEFAULT }, startAtLogin: 'off', tray: 'shown' };
  /** What the shell says of starting the daemon. */
  helper: HelperStart = { state: 'installed', command: [], changeable: [], detail: '' };
  notices: readonly PastNotice[] = [];
  /** While false, a new connection is refused at once. */
  reachable = true;
  /** While true, nothing is answered and nothing is said. */
  stalled = false;
  /** What the next requests of a method meet instead of an answer. */
  readonly refusals = new Map<string, ProblemError>();
  readonly asked: Asked[] = [];
  /** What an administrator says to whatever is asked. */
  consent: ConsentOutcome = { state: 'refused', result: null, problem: null };
  /** What a test says to requests that have no answer here. */
  readonly answers = new Map<string, (params: unknown) => unknown>();
  /** What follows from a change of the configuration, before it is answered. */
  onSaved: (saved: Reply<'config/get'>) => void = () => {};
  readonly #routes = new Set<WebSocketRoute>();

  constructor(status: DaemonStatus) {
    this.status = status;
  }

  /** Answers the windows of this page from now on. */
  async serve(page: Page): Promise<void> {
    await page.routeWebSocket(/\/rpc$/, (route) => {
      if (!this.reachable) {
        void route.close();
        return;
      }
      this.#routes.add(route);
      route.onClose(() => this.#routes.delete(route));
      route.onMessage((message) => {
        if (!this.stalled) this.#answer(route, String(message));
      });
    });
  }

  /** Becomes another one and tells of it, or (with `lost`) forgets to. */
  change(changes: readonly Partial<JobStatus>[], rest: Partial<DaemonStatus> = {}, lost = false): void {
    const jobs = this.status.jobs.map((job) => ({ ...job, ...changes.find(({ name }) => name === job.name) }));
    this.status = { ...this.status, ...rest, jobs, revision: this.status.revision + 1 };
    if (lost || this.stalled) return;
    const { revision, nowMs, commands, state, paused, conditions } = this.status;
    const changed = jobs.filter(({ name }) => changes.some((change) => change.name === name));
    this.#tell({ revision, nowMs, jobs: changed, commands, state, paused, conditions });
  }

  /** The connection of every window ends. */
  async cut(): Promise<void> {
    for (const route of this.#routes) await route.close();
    this.#routes.clear();
  }

  /** Something that is no message of the contract. */
  garbage(text: string): void {
    for (const route of this.#routes) route.send(text);
  }

  get windows(): number {
    return this.#routes.size;
  }

  #tell(params: unknown): void {
    const text = JSON.stringify({ jsonrpc: '2.0', method: STATUS_CHANGED, params });
    for (const route of this.#routes) route.send(text);
  }

  #answer(route: WebSocketRoute, text: string): void {
    const parsed = requestSchema.safeParse(JSON.parse(text));
    if (!parsed.success) return;
    const { id, method, params } = parsed.data;
    this.asked.push({ method, params });
    const send = (answer: object): void => route.send(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
    const refusal = this.refusals.get(method);
    if (refusal !== undefined) {
      send({ error: { code: PROBLEM_ERROR_CODE, message: refusal.message, data: refusal.toProblem() } });
      return;
    }
    send({ result: this.#resultOf(method, params) });
  }

  #resultOf(method: string, params: unknown): unknown {
    switch (method as Method | ShellMethod) {
      case 'hello': {
        const { version, configFile } = this.status;
        return {
          protocol: this.protocols.newest,
          protocols: this.protocols,
          version,
          configFile,
          features: Object.keys(REQUESTS),
          you: { uid: 1000, user: 'ada', administrator: false },
        };
      }
      case 'watch':
      case 'status':
        return this.status;
      case 'history': {
        const { job, beforeId, limit } = REQUESTS.history.params.parse(params);
        const all = this.history.filter(
          (entry) => (job === null || entry.job === job) && (beforeId === null || entry.id < beforeId),
        );
        return { entries: all.slice(0, limit), more: all.length > limit };
      }
      case 'run':
        return { runId: 1, queued: false, snapshot: true };
      case 'stop':
        return { stopping: [REQUESTS.stop.params.parse(params).job ?? ''].filter((job) => job !== '') };
      case 'pause': {
        const { job, until } = REQUESTS.pause.params.parse(params);
        const pause = {
          sinceMs: this.status.nowMs,
          untilMs: until.kind === 'for' ? this.status.nowMs + until.durationMs : null,
        };
        this.change(job === null ? [] : [{ name: job, paused: pause }], job === null ? { paused: pause } : {});
        return { pause, kept: true, stopping: [] };
      }
      case 'resume': {
        const { job } = REQUESTS.resume.params.parse(params);
        this.change(job === null ? [] : [{ name: job, paused: null }], job === null ? { paused: null } : {});
        return { done: true, stillPaused: [], kept: true };
      }
      case 'config/get':
        return this.config;
      case 'config/validate':
        return this.look(REQUESTS['config/validate'].params.parse(params).change);
      case 'config/put': {
        const { text, jobs } = this.look(REQUESTS['config/put'].params.parse(params).change);
        this.config = { ...this.config, text, jobs, digest: 'b'.repeat(64) };
        this.onSaved(this.config);
        return { digest: 'b'.repeat(64), keptAs: '/etc/snapferry/snapferry.yml.1' };
      }
      case 'consent/wait':
        return this.consent;
      case 'plan':
        return this.plan;
      case 'retention/preview':
        return previewRetention(REQUESTS['retention/preview'].params.parse(params));
      case 'shell/settings':
        return this.shell;
      case 'shell/settings/set': {
        const { notices, startAtLogin } = SHELL_REQUESTS['shell/settings/set'].params.parse(params);
        this.shell = {
          ...this.shell,
          notices: { ...this.shell.notices, ...notices },
          startAtLogin: startAtLogin === true ? 'on' : startAtLogin === false ? 'off' : this.shell.startAtLogin,
        };
        return this.shell;
      }
      case 'shell/helper':
        return this.helper;
      case 'shell/helper/start': {
        const { despite } = SHELL_REQUESTS['shell/helper/start'].params.parse(params);
        if (this.helper.changeable.length === 0 || despite) this.helper = { ...this.helper, state: 'asked' };
        return this.helper;
      }
      case 'shell/kept':
        return {};
      case 'shell/keep':
        return {};
      case 'shell/notices':
        return { notices: this.notices, more: false };
      default: {
        const answer = this.answers.get(method);
        // The settings ask it at once, whatever a test is about.
        if (answer === undefined && method === 'limit/get') return { bytesPerSecond: null, jobs: [] };
        if (answer !== undefined) return answer(params);
        throw new Error(`the double does not answer ${method}`);
      }
    }
  }
}
