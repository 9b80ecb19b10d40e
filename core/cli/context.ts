/** What the subcommands share. */

import type { Reply } from '../api/contract.ts';
import type { DaemonStatus } from '../api/status.ts';
import type { Client } from '../api/wire/client.ts';
import type { ParsedConfig } from '../config/parse-config.ts';
import type { Config, JobConfig } from '../config/types.ts';
import type { Machine } from '../host/machine.ts';
import type { ExitStatus, Host } from '../host/types.ts';
import type { Throttle } from '../job/bandwidth.ts';
import type { SpaceBook } from '../job/space-book.ts';
import type { Surroundings } from '../job/surroundings.ts';
import type { Job } from '../job/types.ts';
import type { DiagnosticsVersions } from '../monitoring/diagnostics/bundle.ts';
import type { Log } from '../monitoring/log.ts';
import type { DesktopWish } from './desktop-command.ts';
import type { CliIo } from './io.ts';

/** Where a configuration is looked for unless told otherwise. */
export const CONFIG_PATH_DEFAULT = '/etc/snapferry/snapferry.yml';

/** Where the daemon remembers things unless told otherwise. */
export const STATE_FOLDER_DEFAULT = '/var/lib/snapferry';

/** Everything with which the jobs of one configuration work. */
export interface Engine {
  /** May throw `config-not-runnable`. */
  makeJob(job: JobConfig): Job;
  /**
   * Goes over to another configuration. What is returned closes connections that none of its jobs uses: for when the jobs that
   * did have ended.
   */
  configure(config: Config): () => void;
  /** Commands that run, and those that had to be abandoned. */
  commands(): DaemonStatus['commands'];
  /** What this machine knows of itself, and where its programs are started. */
  readonly machine?: { readonly host: Host; readonly facts: Machine };
  /** Of OpenZFS, where jobs have asked for it. */
  zfsVersions?(): DiagnosticsVersions['zfs'];
  /** By which the jobs of this engine send. */
  readonly throttle: Throttle;
  /** What its jobs note of free space. */
  readonly space?: SpaceBook;
  /** Looks around; `keysFolder` is where the keys are that were made here. */
  surroundings(keysFolder: string): Surroundings;
  /** Ends what the jobs shared. */
  close(): Promise<void>;
}

export interface Connected {
  readonly client: Client;
  readonly daemon: Reply<'hello'>;
}

/** What is installed, and by which programs it is made known to the machine. */
export interface Installation {
  /** Folder with the built program and, in `linux`, the templates. */
  readonly program: string;
  /** The Node that the service is to run on. */
  readonly node: string;
  /** Runs one of the programs of the machine; gives what it has said where it failed, else null. */
  readonly run: (program: string, ...args: readonly string[]) => Promise<string | null>;
}

export interface CliContext {
  readonly io: CliIo;
  readonly version: string;
  /** Rejects with `daemon-unreachable`, `socket-unusable` or `daemon-mismatch`. */
  readonly connect: (socketPath: string, signal: AbortSignal) => Promise<Connected>;
  /** Asks the user database of this machine; null where there is no such entry. */
  readonly lookUp: (database: 'passwd' | 'group', key: string) => Promise<string | null>;
  /** What can be installed as a service, and how. */
  readonly installation: Installation;
  readonly loadConfig: (path: string) => ParsedConfig;
  /** `state`: folder of a service for what it remembers beyond its end. */
  readonly openEngine: (config: Config, log: Log, state?: string) => Engine;
  /** Runs the desktop's part with these arguments, on the terminal of this process, until it ends. */
  readonly runDesktop: (
    place: Pick<DesktopWish, 'browser'>,
    args: readonly string[],
    signal: AbortSignal,
  ) => Promise<ExitStatus>;
}
