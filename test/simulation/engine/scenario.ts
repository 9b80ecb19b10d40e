/** What a seed means: a small world, what its jobs are to do in it, and everything that goes wrong. Plain data. */
export const GUARANTEES = ['guarantee_incremental', 'guarantee_resumability', 'guarantee_nothing'] as const;
export type Guarantee = (typeof GUARANTEES)[number];

/** What a configuration says of a job and may say otherwise tomorrow. */
export interface Settings {
  readonly initial: Guarantee;
  readonly incremental: Guarantee;
  readonly stepwise: boolean;
  readonly steps: number;
  readonly initialReplication: 'most_recent' | 'all';
  readonly filesystems: 'all' | 'leaf-only' | 'without-leaf';
  /** Snapshots that are sent; null: all. */
  readonly include: string | null;
  readonly keepSender: Keep;
  readonly keepReceiver: Keep;
  readonly periodic: boolean;
}

/** Rules of pruning, as far as the simulation uses them. */
export interface Keep {
  readonly lastN: number | null;
  readonly regex: string | null;
  readonly notReplicated: boolean;
  /** For snapshots of jobs and of work; null: no such rule. */
  readonly grid: GridText | null;
}

/** Each with what it means: so many seconds, and how many stay of them. */
export const GRIDS = {
  '1x1h(keep=all) | 3x1h': [
    [3600, 'all'],
    [3600, 1],
    [3600, 1],
    [3600, 1],
  ],
  '2x30m(keep=2) | 2x1d(keep=2)': [
    [1800, 2],
    [1800, 2],
    [86_400, 2],
    [86_400, 2],
  ],
} as const;
export type GridText = keyof typeof GRIDS;

export const FAULT_KINDS = [
  'crash',
  'crash-lingering',
  'lose-reply',
  'cut-stream',
  'kill-receive',
  'outage',
  'half-open',
  'yank-target',
  'vanish-target',
  'yank-source',
  'reset-job',
  'clock-jump',
  'sleep-a-day',
  'full-target',
  'deny',
  'deed',
  'reboot-target',
  'reboot-source',
] as const;
/** What goes wrong with drives, and only there. */
export const DRIVE_FAULT_KINDS = ['yank-drive', 'power-loss', 'drive-errors', 'deaf-udev'] as const;
export type DriveFaultKind = (typeof DRIVE_FAULT_KINDS)[number];

/** `pretend` comes with plots alone. */
export type FaultKind = (typeof FAULT_KINDS)[number] | 'pretend' | DriveFaultKind;

/** Something that goes wrong at one moment: the first point at or after `point` where it can. */
export interface Fault {
  readonly point: number;
  readonly kind: FaultKind;
  /** What its details are drawn from. */
  readonly draw: number;
  /** Only there, and a deed is done to what is at hand there; undefined: anywhere, and to anything. */
  readonly at?: string;
  /** Only when so many blocks have arrived, at least. */
  readonly blocks?: number;
  /** Which deed; undefined: any. */
  readonly deed?: string;
}

/** See told-deeds.ts. */
export type ToldDeed =
  | 'holds all'
  | 'releases all'
  | 'marks ranges for another program'
  | 'snapshots but the middle'
  | 'snapshots all copies'
  | 'rolls all copies back'
  | 'destroys what is half sent'
  | 'destroys what half sent increments start from'
  | 'renames what is half sent'
  | 'forbids bookmarks'
  | 'changes the key'
  | 'cuts the network for hours';

/** What happens between two runs, and the run. */
export interface Act {
  /** Draws of what a person does before the run; writing and snapshots come first. */
  readonly work: readonly number[];
  readonly deeds: readonly number[];
  /** Deeds of a plot, by name, done to all that they can be done to. */
  readonly told?: readonly ToldDeed[];
  readonly settings: Settings | null;
  readonly passMs: number;
  /** The process is started anew before this run. */
  readonly restart: boolean;
  /** Draws of what a person does with drives before the run. */
  readonly drives?: readonly number[];
  /** Drives are pulled out and plugged in again before that, with nobody to see it where `restart` is true; from this draw. */
  readonly replugs?: number;
  /** The run is asked for by a person; undefined: it is. Otherwise the jobs with drives run by themselves. */
  readonly asked?: boolean;
}

export type ReleaseName = 'old' | 'new' | 'newest';

/** A drive that a job backs up to. */
export interface DriveOfJob {
  readonly name: string;
  readonly pool: string;
  /** Of its pool, as text. */
  readonly guid: string;
  readonly job: string;
}

/** Drives that come and go. */
export interface DrivesOfScenario {
  readonly drives: readonly DriveOfJob[];
  readonly onPlug: 'start' | 'ask';
  readonly ejectWhenDone: boolean;
  readonly failmode: 'wait' | 'continue';
}

export interface Scenario {
  readonly seed: number;
  /** The chain of misfortune that it was bent by, see plots.ts; undefined: chance alone. */
  readonly plot?: string;
  /** `drive`: both pools on one machine, through a local sink. */
  readonly transport: 'ssh' | 'drive';
  readonly sourceRelease: ReleaseName;
  readonly targetRelease: ReleaseName;
  /** The source is encrypted and is sent raw. */
  readonly encrypted: boolean;
  /** Two push jobs on the same datasets, to different roots. */
  readonly jobs: 1 | 2;
  readonly datasets: readonly string[];
  /** Which of them are volumes. */
  readonly volumes: readonly string[];
  /** What names of snapshots that people take end with. */
  readonly suffix: string;
  readonly settings: Settings;
  readonly acts: readonly Act[];
  readonly faults: readonly Fault[];
  /** Undefined: none. */
  readonly drives?: DrivesOfScenario;
}
