import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { labCacheDir, runDir } from '../build/paths.ts';
import type { GuestName, ZfsFlavour } from '../build/recipe.ts';
import type { ProcessIdentity } from './local-process.ts';

/** One started guest. */
export interface GuestState {
  readonly process: ProcessIdentity;
  readonly sshPort: number;
  readonly qmpSocket: string;
  readonly serialLog: string;
  readonly startedAtMs: number;
}

/** A pair of guests, as written to `state.json` in its run folder. */
export interface LabState {
  readonly instance: string;
  readonly zfs: ZfsFlavour;
  /** The image that the guests were booted from. */
  readonly key: string;
  readonly accelerator: Accelerator;
  /** False until both guests have answered; such a pair is leftovers of an interrupted start. */
  readonly ready: boolean;
  readonly guests: Partial<Readonly<Record<GuestName, GuestState>>>;
}

export type Accelerator = 'kvm' | 'tcg';

const stateFile = (instance: string): string => join(runDir(instance), 'state.json');

/** Reads the state of an instance; undefined where there is none or it is unreadable. */
export function readState(instance: string): LabState | undefined {
  try {
    return JSON.parse(readFileSync(stateFile(instance), 'utf8')) as LabState;
  } catch {
    return undefined;
  }
}

/** Replaces the state of an instance in one step. */
export function writeState(state: LabState): void {
  const file = stateFile(state.instance);
  mkdirSync(runDir(state.instance), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(state, undefined, 2)}\n`);
  renameSync(`${file}.new`, file);
}

/** Names of all instances that have a run folder, running or not. */
export function knownInstances(): string[] {
  try {
    return readdirSync(join(labCacheDir(), 'run'));
  } catch {
    return [];
  }
}
