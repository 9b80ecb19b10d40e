import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { userSocketPath } from '../../../../core/api/socket-path.ts';
import { type Client, createClient, greet } from '../../../../core/api/wire/client.ts';
import { type DaemonEnd, runDaemon } from '../../../../core/helper/daemon.ts';
import { DaemonState } from '../../../../core/helper/state.ts';
import { Throttle } from '../../../../core/job/bandwidth.ts';
import type { Surroundings } from '../../../../core/job/surroundings.ts';
import { type Log, SILENT_LOG } from '../../../../core/monitoring/log.ts';
import { FakeClock } from './fake-clock.ts';
import type { FakeJob } from './fake-job.ts';
import { MemoryFile } from './memory-file.ts';
import { NO_SURROUNDINGS } from './surroundings.ts';

/** A private folder for sockets, removed by the test that asked for it. */
export async function privateFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'snapferry-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

export function openSocket(path: string): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = connect({ path });
  socket.once('connect', () => resolve(socket));
  socket.once('error', reject);
  return promise;
}

/** A daemon with jobs in memory behind a real socket. */
export class RunningDaemon implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly history: MemoryFile;
  readonly pauses: MemoryFile;
  readonly socketPath: string;
  readonly #folder: { path: string } & AsyncDisposable;
  readonly #abort = new AbortController();
  /** What the audit has heard, one line after the other. */
  readonly audited: Record<string, unknown>[] = [];
  readonly audit: Log = {
    ...SILENT_LOG,
    info: (fields) => {
      this.audited.push({ ...fields });
    },
  };
  readonly throttle = new Throttle();
  /** The user who runs this test also asks as one who is no administrator. */
  readonly users = [{ uid: process.geteuid?.() ?? 0, user: 'alice' }];
  readonly #clients: Client[] = [];
  #ended: Promise<DaemonEnd> = Promise.resolve({ left: [], reload: false, interrupted: [] });

  private constructor(
    folder: { path: string } & AsyncDisposable,
    socketPath: string | undefined,
    history: MemoryFile,
    pauses: MemoryFile,
  ) {
    this.history = history;
    this.pauses = pauses;
    this.#folder = folder;
    this.socketPath = socketPath ?? join(folder.path, 'run', 'control.sock');
  }

  /** Starts it with these jobs; a job given as an error is one that the factory refuses. */
  static async start(
    jobs: readonly (FakeJob | { name: string; refusal: Error })[],
    socketPath?: string,
    history = new MemoryFile(),
    pauses = new MemoryFile(),
    surroundings: Surroundings = NO_SURROUNDINGS,
  ): Promise<RunningDaemon> {
    const daemon = new RunningDaemon(await privateFolder(), socketPath, history, pauses);
    const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
    daemon.#ended = runDaemon(
      {
        jobs: jobs.map((job) => ({ name: job.name, type: 'push' as const, job })),
        makeJob: ({ job }) => {
          if ('refusal' in job) throw job.refusal;
          return job;
        },
        configFile: '/etc/snapferry/snapferry.yml',
        socketPath: daemon.socketPath,
        version: '0.1.0',
        commands: () => ({ active: 0, abandoned: 0 }),
        openState: () =>
          DaemonState.from('/var/lib/snapferry', { history, pauses, space: null }, SILENT_LOG, daemon.clock),
        clock: daemon.clock,
        log: SILENT_LOG,
        audit: daemon.audit,
        users: daemon.users,
        surroundings,
        throttle: daemon.throttle,
        stopGraceMs: 1000,
        onReady: resolve,
      },
      daemon.#abort.signal,
    );
    daemon.#ended.catch(reject);
    await ready;
    return daemon;
  }

  /** A client that has not said hello. */
  async stranger(): Promise<Client> {
    const client = createClient(await openSocket(this.socketPath), this.socketPath);
    this.#clients.push(client);
    return client;
  }

  async client(): Promise<Client> {
    return (await greet(await this.stranger(), 'test')).client;
  }

  /** As a user who needs consent. */
  async user(): Promise<Client> {
    const path = userSocketPath(this.socketPath, this.users[0]?.uid ?? 0);
    const client = createClient(await openSocket(path), path);
    this.#clients.push(client);
    return (await greet(client, 'test')).client;
  }

  /** Tells it to end; gives the jobs that did not. */
  async stop(): Promise<readonly string[]> {
    this.#abort.abort();
    return (await this.#ended).left;
  }

  /** How it has ended; without telling it to. */
  end(): Promise<DaemonEnd> {
    return this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    // Jobs that do not obey are given up as soon as the clock says so.
    await new Promise<void>((resolve) => setImmediate(resolve));
    await this.clock.advance(1000);
    await this.#ended.catch(() => {});
    for (const client of this.#clients) client.close();
    await this.#folder[Symbol.asyncDispose]();
  }
}
