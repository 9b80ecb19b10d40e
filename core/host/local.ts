/** This machine as a host. No shell anywhere: an argument vector goes to execve(2) as it is. */
import { invariant } from '../api/problem.ts';
import { runCollected, type StartCommand } from './collect.ts';
import { closeFifos } from './fifo.ts';
import type { StartProgram } from './program.ts';
import type { CommandObserver } from './registry.ts';
import { type KillGroup, type LocalProcess, type SpawnOptions, type SpawnSettings, spawnLocal } from './spawn.ts';
import type { Argv, Host } from './types.ts';

/** The whole environment of every command. Messages are matched by their English text, so the locale is fixed. */
export const LOCAL_ENVIRONMENT: Readonly<Record<string, string>> = {
  LC_ALL: 'C',
  LANG: 'C',
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
};

export interface LocalHostOptions {
  readonly label: string;
  /** Replaces `LOCAL_ENVIRONMENT`; nothing is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  /** Told about the start and the end of every command. */
  readonly onCommand?: CommandObserver;
  /** Who starts programs; this process unless given. */
  readonly startProgram?: StartProgram;
  /** For tests only, see `SpawnSettings`. */
  readonly killGroup?: KillGroup;
}

/** Starts a program of a local host with descriptors of the caller's choice; only `pipe` needs it. */
export type SpawnOnHost = (argv: Argv, options: SpawnOptions) => Promise<LocalProcess>;

const spawners = new WeakMap<Host, SpawnOnHost>();

/** How to hand descriptors to programs of this host; undefined unless it came from `createLocalHost`. */
export function spawnerOf(host: Host): SpawnOnHost | undefined {
  return spawners.get(host);
}

/** This machine. Its commands are process groups of their own and end with their group. */
export function createLocalHost(options: LocalHostOptions): Host {
  const settings: SpawnSettings = {
    host: options.label,
    env: options.env ?? LOCAL_ENVIRONMENT,
    observe: options.onCommand,
    startProgram: options.startProgram,
    killGroup: options.killGroup,
  };
  const start: StartCommand = async (argv, { signal, onStderrLine }) => {
    const started = await spawnLocal(argv, { stdin: 'pipe', stdout: 'pipe', onStderrLine, signal }, settings);
    const { stdin, stdout, ended, kill } = started;
    invariant(stdin !== null && stdout !== null, 'a command was started without its streams');
    return { stdin, stdout, ended, kill };
  };
  const host: Host = {
    label: options.label,
    kind: 'local',
    run: (argv, runOptions) => runCollected(start, options.label, argv, runOptions),
    start,
    ping: async () => undefined,
    close: () => closeFifos(host),
  };
  spawners.set(host, (argv, spawnOptions) => spawnLocal(argv, spawnOptions, settings));
  return host;
}
