/** One simulated household: the machines, the time, what is known of every pair, and what was found wrong. */
import { encryptionRootOf } from '../zfs/lookup.ts';
import { Operator } from '../zfs/operator.ts';
import {
  addMachine,
  addPool,
  createWorld,
  type Dataset,
  type Machine,
  type Pool,
  RELEASE_2_1,
  RELEASE_2_3,
  RELEASE_2_3_3,
  type World,
} from '../zfs/world.ts';
import { copiesRoot, isWantedDataset, JOB_NAMES } from './config-text.ts';
import type { Coverage } from './coverage.ts';
import { House } from './drives/house.ts';
import { isLinked, type Pair, pairKey } from './pairs.ts';
import type { Scenario, Settings } from './scenario.ts';
import { Shadows } from './shadow.ts';
import { SimTime } from './time.ts';

const RELEASES = { old: RELEASE_2_1, new: RELEASE_2_3, newest: RELEASE_2_3_3 } as const;

export interface Violation {
  /** Stable name of the rule that was broken. */
  readonly rule: string;
  readonly text: string;
}

export class Sim {
  readonly scenario: Scenario;
  settings: Settings;
  readonly world: World;
  readonly time: SimTime;
  readonly laptop: Machine;
  /** Where the copies go: another machine, or this one. */
  readonly nas: Machine;
  readonly sourcePool: Pool;
  readonly targetPool: Pool;
  readonly atLaptop: Operator;
  readonly atNas: Operator;
  readonly shadows = new Shadows();
  readonly pairs = new Map<string, Pair>();
  readonly coverage: Coverage;
  readonly violations: Violation[] = [];
  /** What happened, for a person to read; null where nobody will. */
  readonly timeline: string[] | null;
  /** Moments so far at which something could go wrong. */
  points = 0;
  networkBackMs = 0;
  /** By the fingerprint that a copy bears: the key of the sender that it was received under. */
  readonly keys = new Map<string, string>();
  /** Raised with every deed of a person. */
  deeds = 0;
  /** Null where nobody has any. */
  readonly drives: House | null;
  /** Things that went wrong so far. */
  faultsSeen = 0;
  /** How often the laptop was started anew because a person was told to. */
  reboots = 0;

  constructor(scenario: Scenario, options: { readonly coverage: Coverage; readonly trace: boolean }) {
    this.scenario = scenario;
    this.settings = scenario.settings;
    this.coverage = options.coverage;
    this.timeline = options.trace ? [] : null;
    this.world = createWorld(BigInt(scenario.seed) + 1n);
    this.time = new SimTime(
      (wallMs) => {
        this.world.nowS = Math.floor(wallMs / 1000);
      },
      () => this.points,
    );
    this.laptop = addMachine(this.world, 'laptop', RELEASES[scenario.sourceRelease]);
    this.nas =
      scenario.transport === 'drive' ? this.laptop : addMachine(this.world, 'nas', RELEASES[scenario.targetRelease]);
    this.sourcePool = addPool(this.world, this.laptop, 'tank');
    this.targetPool = addPool(this.world, this.nas, scenario.transport === 'drive' ? 'drive' : 'backup');
    this.atLaptop = new Operator(this.world, this.laptop);
    this.atNas = new Operator(this.world, this.nas);
    for (const job of JOB_NAMES.slice(0, scenario.jobs)) this.atNas.create(`${this.targetPool.name}/${job}`);
    const secret = scenario.encrypted ? { passphrase: 'correct horse' } : {};
    for (const dataset of scenario.datasets) {
      const kind = scenario.volumes.includes(dataset) ? 'volume' : 'filesystem';
      this.atLaptop.create(dataset, { kind, ...(dataset === 'tank/data' ? secret : {}) });
      this.atLaptop.append(dataset, 2);
    }
    if (scenario.drives !== undefined) this.atLaptop.create('tank/scratch');
    this.drives = scenario.drives === undefined ? null : new House(this, scenario.drives);
  }

  /** So says the trace; the text is made only where somebody reads it. */
  tell(text: () => string): void {
    this.timeline?.push(`${(this.time.elapsedMs() / 1000).toFixed(3).padStart(12)}  ${text()}`);
  }

  violate(rule: string, text: string): void {
    this.violations.push({ rule, text });
    this.tell(() => `VIOLATION of ${rule}: ${text}`);
  }

  /** Changes by jobs that send. */
  get ownEffects(): number {
    return this.world.effects - (this.drives?.snapEffects ?? 0);
  }

  get failed(): boolean {
    return this.violations.length > 0;
  }

  /** Made when first asked for. Null for what no job may copy. */
  pair(job: string, source: string): Pair {
    const key = pairKey(job, source);
    const known = this.pairs.get(key);
    if (known !== undefined) return known;
    const { transport } = this.scenario;
    const pair: Pair = {
      job,
      receiverJob: transport === 'ssh' ? job : `sink_${job}`,
      targetPool: this.poolOf(job),
      source,
      target: `${copiesRoot(this.scenario, job)}/${source}`,
      arrivals: new Set(),
      arrivedUnder: 'guarantee_nothing',
      partialUnder: 'guarantee_nothing',
      unseen: new Set(),
      unlisted: false,
      destroyed: 0,
      robbed: false,
      touched: 0,
      listedSource: -1,
      listedTarget: -1,
      listedAtWallMs: 0,
      listedWallErrorMs: 0,
      refusedSource: 0,
      refusedTarget: 0,
      key: null,
      reserved: 0,
    };
    this.pairs.set(key, pair);
    return pair;
  }

  /** The pair whose copy this is; null for what lies elsewhere. */
  pairOfTarget(job: string, target: string): Pair | null {
    const root = `${copiesRoot(this.scenario, job)}/`;
    return target.startsWith(root) ? this.pair(job, target.slice(root.length)) : null;
  }

  source(pair: Pair): Dataset | undefined {
    return this.sourcePool.datasets.get(pair.source);
  }

  target(pair: Pair): Dataset | undefined {
    return pair.targetPool.datasets.get(pair.target);
  }

  /** Where the copies of a job lie, plugged in or not. */
  poolOf(job: string): Pool {
    return this.drives?.diskOf(job)?.pool ?? this.targetPool;
  }

  /** All pools that jobs know. */
  get pools(): readonly Pool[] {
    return [this.sourcePool, this.targetPool, ...(this.drives?.ofJobs.map(({ pool }) => pool) ?? [])];
  }

  isLinked(pair: Pair): boolean {
    return isLinked(pair, this.source(pair), this.target(pair));
  }

  /** Which key the sender's dataset is under: its encryption root, and what the passphrase is mixed with. */
  keyOf(pair: Pair): string | null {
    const source = this.source(pair);
    const root = source === undefined ? undefined : encryptionRootOf(this.sourcePool, source);
    return root === undefined ? null : `${root.guid} ${root.encryption?.wrapping.salt ?? ''}`;
  }

  /** Datasets of the sender that jobs take in now, whatever happened to the first ones. */
  wanted(): readonly string[] {
    return [...this.sourcePool.datasets.keys()].filter((name) => isWantedDataset(this.settings, name)).sort();
  }

  /** Something else than the job itself has changed this dataset, or all at and below it. */
  touch(pool: Pool, dataset: string, except: string | null = null): void {
    for (const pair of this.pairs.values()) {
      if (pair.job === except) continue;
      if (pool !== this.sourcePool && pool !== pair.targetPool) continue;
      const side = pool === this.sourcePool ? pair.source : pair.target;
      if (side === dataset || side.startsWith(`${dataset}/`) || dataset.startsWith(`${side}/`)) pair.touched += 1;
    }
  }

  /** Takes what is as it is: nobody is to blame for it. */
  refreshAll(): void {
    for (const pool of this.pools) {
      for (const dataset of pool.datasets.values()) this.shadows.refresh(dataset);
    }
  }
}
