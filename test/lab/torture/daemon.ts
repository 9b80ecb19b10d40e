/** The daemon of the household: started, asked over its own socket, and killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunOutcome } from '../../../core/api/contract.ts';
import type { DaemonStatus, JobStatus } from '../../../core/api/status.ts';
import type { Client } from '../../../core/api/wire/client.ts';
import { connectDaemon } from '../../../core/api/wire/connect.ts';
import { until } from '../guests/index.ts';

const START_TIMEOUT_MS = 120_000;

export interface DaemonFiles {
  /** For the socket, what the daemon remembers, and its log. */
  readonly folder: string;
  /** The bundled process of the daemon. */
  readonly program: string;
  readonly config: string;
  /** What else the program wants to know. */
  readonly more: readonly string[];
}

/** One that runs. */
interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly client: Client;
}

export class Daemon {
  readonly #files: DaemonFiles;
  #running: Running | null = null;

  constructor(files: DaemonFiles) {
    this.#files = files;
  }

  get #logFile(): string {
    return join(this.#files.folder, 'daemon.log');
  }

  async start(): Promise<void> {
    const { folder, program, config, more } = this.#files;
    const socket = join(folder, 'run', 'control.sock');
    const log = openSync(this.#logFile, 'a');
    const args = [program, '--config', config, '--socket', socket, '--state', join(folder, 'state'), ...more];
    const child = spawn(process.execPath, args, { stdio: ['ignore', log, log], cwd: '/' });
    closeSync(log);
    const { pid } = child;
    if (pid === undefined) throw new Error('the daemon could not be started');
    const signal = AbortSignal.timeout(START_TIMEOUT_MS);
    const { client } = await until(
      async () => {
        if (child.exitCode !== null) throw new Error(`the daemon has ended by itself:\n${this.log(10)}`);
        return connectDaemon(socket, signal);
      },
      { what: 'the daemon answers', timeoutMs: START_TIMEOUT_MS, pollMs: 50 },
    );
    this.#running = { child, pid, client };
  }

  get #now(): Running {
    if (this.#running === null) throw new Error('the daemon does not run');
    return this.#running;
  }

  /** Begins a run and gives the promise of its end, which rejects when the daemon is gone before. */
  async begin(job: string): Promise<{ readonly ended: Promise<RunOutcome> }> {
    const { client } = this.#now;
    const { runId } = await client.request('run', { job, snapshot: false });
    const ended = client.request('wait', { job, runId });
    ended.catch(() => undefined);
    return { ended };
  }

  async status(): Promise<DaemonStatus> {
    return this.#now.client.request('status', {});
  }

  async statusOf(name: string): Promise<JobStatus> {
    const found = (await this.status()).jobs.find((job) => job.name === name);
    if (found === undefined) throw new Error(`the daemon knows no job ${name}`);
    return found;
  }

  /** Cancels the run at work. */
  async reset(job: string): Promise<void> {
    await this.#now.client.request('signal', { job, op: 'reset' });
  }

  /** The processes that the daemon has started itself: the one that starts programs. */
  #spawners(): readonly number[] {
    const { pid } = this.#now;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return children
      .split(' ')
      .filter((word) => word.trim() !== '')
      .map(Number);
  }

  /** SIGKILL: at once, and nothing is put in order. With `spawner`, also what starts programs for it, in the same moment. */
  async kill({ spawner }: { readonly spawner: boolean }): Promise<void> {
    const { child, pid, client } = this.#now;
    const pids = spawner ? [...this.#spawners(), pid] : [pid];
    const gone = once(child, 'exit');
    for (const each of pids) process.kill(each, 'SIGKILL');
    await gone;
    client.close();
    this.#running = null;
  }

  /** Ends it in order, if it runs. */
  async stop(): Promise<void> {
    if (this.#running === null) return;
    const { child, client } = this.#running;
    const gone = once(child, 'exit');
    client.close();
    child.kill('SIGTERM');
    await gone;
    this.#running = null;
  }

  /** The last lines of what it said. */
  log(lines: number): string {
    return readFileSync(this.#logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }
}
