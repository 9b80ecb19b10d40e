/** The real daemon on a simulated OpenZFS, its real socket, and the real loopback server in front of it, in this process. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kept } from '../../../../core/api/shell-desk.ts';
import { parseConfig } from '../../../../core/config/parse-config.ts';
import { planReload } from '../../../../core/config/reload-plan.ts';
import { type DaemonEnd, runDaemon } from '../../../../core/helper/daemon.ts';
import { DaemonState } from '../../../../core/helper/state.ts';
import { systemClock } from '../../../../core/host/system-clock.ts';
import { configuredLimits, Throttle } from '../../../../core/job/bandwidth.ts';
import type { JobDeps, Reach } from '../../../../core/job/deps.ts';
import { createJob } from '../../../../core/job/factory.ts';
import { SpaceBook } from '../../../../core/job/space-book.ts';
import { Transfers } from '../../../../core/job/transfers.ts';
import { SILENT_LOG } from '../../../../core/monitoring/log.ts';
import { DEFAULT_RETRY_POLICY } from '../../../../core/replication/retry.ts';
import type { BrowserFace } from '../../../../electron/browser/face.ts';
import type { Interruption, OnEffect } from '../../../simulation/zfs/effects.ts';
import { Operator } from '../../../simulation/zfs/operator.ts';
import { createSimZfs } from '../../../simulation/zfs/sim-zfs.ts';
import { addMachine, addPool, createWorld, type Machine, type World } from '../../../simulation/zfs/world.ts';
import { someDesk } from '../../../unit/electron/support/desk.ts';
import { MemoryFile } from '../../../unit/helper/support/memory-file.ts';
import { faceOf } from './face.ts';
import { simSurroundings } from './sim-surroundings.ts';

const CONFIG = `
jobs:
  - type: push
    name: nas
    connect: {type: ssh, host: nas, user: root, identity_file: /etc/keys/nas, known_hosts: /etc/known_hosts, root_fs: backup, client_identity: desk}
    filesystems: {"tank/home<": true}
    snapshotting: {type: cron, cron: "0 0 1 1 *", prefix: auto_}
    conflict_resolution: {initial_replication: all}
    pruning:
      keep_sender: [{type: last_n, count: 10}]
      keep_receiver: [{type: last_n, count: 10}]
`;

/** More than enough. */
export const NAS_BLOCKS = 10_000;

/** Blocks of the photos: enough for a bar with something on it. */
export const PHOTO_BLOCKS = 80;

export class Household implements AsyncDisposable {
  readonly operator: Operator;
  readonly #world: World;
  readonly #desk: Machine;
  readonly #nas: Machine;
  readonly #folder: string;
  readonly #history = new MemoryFile();
  readonly #pauses = new MemoryFile();
  readonly #space: MemoryFile;
  readonly #face: BrowserFace;
  readonly #someDesk = someDesk();
  /** Where a transfer of the photos is held: at so many blocks, until somebody says how it goes on. */
  #hold: { readonly blocks: number; readonly go: Promise<Interruption | undefined> } | null = null;
  #abort = new AbortController();
  #ended: Promise<DaemonEnd> = Promise.resolve({ left: [], reload: false, interrupted: [] });

  private constructor(folder: string, windowFolder: string, space: string | null) {
    this.#folder = folder;
    this.#space = new MemoryFile(space);
    this.#world = createWorld(7n, Math.floor(Date.now() / 1000));
    this.#desk = addMachine(this.#world, 'desk');
    this.#nas = addMachine(this.#world, 'nas');
    addPool(this.#world, this.#desk, 'tank');
    addPool(this.#world, this.#nas, 'backup', NAS_BLOCKS);
    this.operator = new Operator(this.#world, this.#desk);
    for (const name of ['tank/home', 'tank/home/photos']) this.operator.create(name);
    this.operator.append('tank/home', 4);
    this.operator.append('tank/home/photos', PHOTO_BLOCKS);
    this.#face = faceOf(windowFolder, () => this.socketPath, this.#someDesk.desk);
  }

  /**
   * @param config what its file says at first; by default one job that sends the photos to the NAS
   * @param space what daemons before have kept of free space
   */
  static async start(windowFolder: string, config = CONFIG, space: string | null = null): Promise<Household> {
    const household = new Household(await mkdtemp(join(tmpdir(), 'snapferry-household-')), windowFolder, space);
    await writeFile(household.#configFile, config, { mode: 0o600 });
    await household.startDaemon();
    return household;
  }

  /** What its file says now. */
  get config(): string {
    return readFileSync(this.#configFile, 'utf8');
  }

  get socketPath(): string {
    return join(this.#folder, 'run', 'control.sock');
  }

  get #configFile(): string {
    return join(this.#folder, 'snapferry.yml');
  }

  /** What windows have left with their shell, newest last. */
  get left(): readonly Kept[] {
    return this.#someDesk.left;
  }

  /** An address that opens the window once. */
  address(): Promise<string> {
    return this.#face.address();
  }

  /** Holds the transfer of the photos at so many blocks. What is returned lets it go on, or cuts it off there. */
  holdAt(blocks: number): (how: 'go-on' | 'cut') => void {
    const { promise, resolve } = Promise.withResolvers<Interruption | undefined>();
    this.#hold = { blocks, go: promise };
    return (how) => {
      this.#hold = null;
      resolve(how === 'cut' ? 'cut-stream' : undefined);
    };
  }

  async startDaemon(): Promise<void> {
    const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
    this.#abort = new AbortController();
    this.#ended = this.#serve(resolve);
    this.#ended.catch(reject);
    await ready;
  }

  /** As the program does: begins anew with what the file says then, as often as that is asked for. */
  async #serve(onReady: () => void): Promise<DaemonEnd> {
    let goOn: readonly string[] = [];
    for (;;) {
      const end = await this.#serveOnce(goOn, onReady);
      if (!end.reload) return end;
      goOn = end.interrupted;
    }
  }

  #serveOnce(goOn: readonly string[], onReady: () => void): Promise<DaemonEnd> {
    const { config } = parseConfig(this.config, { fileName: this.#configFile });
    if (config === null) throw new Error('the configuration is wrong');
    const local = this.#reach(this.#desk);
    const throttle = new Throttle();
    const space = new SpaceBook();
    let current = config;
    const deps: JobDeps = {
      get config() {
        return current;
      },
      local,
      remote: () => this.#reach(this.#nas),
      transfers: new Transfers(),
      throttle,
      space,
      clock: systemClock,
      random: () => 0.5,
      retry: { ...DEFAULT_RETRY_POLICY },
      log: SILENT_LOG,
    };
    return runDaemon(
      {
        jobs: config.jobs,
        makeJob: (job) => createJob(job, deps),
        reread: () => {
          const next = parseConfig(this.config, { fileName: this.#configFile }).config ?? current;
          const plan = planReload(current, next);
          current = next;
          throttle.configure(configuredLimits(next));
          return { jobs: next.jobs, plan, done: () => {} };
        },
        configFile: this.#configFile,
        socketPath: this.socketPath,
        version: '0.1.0',
        commands: () => ({ active: 0, abandoned: 0 }),
        openState: () =>
          DaemonState.from(
            this.#folder,
            { history: this.#history, pauses: this.#pauses, space: this.#space },
            SILENT_LOG,
            systemClock,
          ),
        surroundings: simSurroundings(local.zfs, this.#reach(this.#nas).zfs, 'tank'),
        throttle,
        space,
        clock: systemClock,
        log: SILENT_LOG,
        audit: SILENT_LOG,
        users: [],
        stopGraceMs: 2000,
        goOn,
        onReady,
      },
      this.#abort.signal,
    );
  }

  async stopDaemon(): Promise<void> {
    this.#abort.abort();
    await this.#ended;
  }

  #reach(machine: Machine): Reach {
    const onEffect: OnEffect = ({ kind, name, blocks }, phase) => {
      this.#world.nowS = Math.floor(Date.now() / 1000);
      const hold = this.#hold;
      const held = hold !== null && kind === 'receive-begin' && phase === 'during' && name.endsWith('/photos');
      return held && blocks >= hold.blocks ? hold.go : undefined;
    };
    return { zfs: createSimZfs({ world: this.#world, machine, onEffect }), ping: async () => undefined };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#hold = null;
    await this.#face.close();
    await this.stopDaemon();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
