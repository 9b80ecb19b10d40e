/** Which commands run at this moment, for status and for those who count. */
import type { ProblemError } from '../api/problem.ts';
import type { Argv, ExitStatus } from './types.ts';

export interface ActiveCommand {
  readonly host: string;
  readonly argv: Argv;
  /** Milliseconds of the Unix clock. */
  readonly startedAtMs: number;
  /** `abandoned`: it was killed and did not end; nobody waits for it any more. */
  readonly state: 'running' | 'abandoned';
}

/** What an observer is told about every command of a host. */
export type CommandEvent =
  | { readonly kind: 'started'; readonly id: number; readonly host: string; readonly argv: Argv }
  | {
      readonly kind: 'ended';
      readonly id: number;
      readonly host: string;
      readonly argv: Argv;
      readonly durationMs: number;
      readonly exit: ExitStatus;
    }
  /** It could not be started, was abandoned, or its connection was lost. */
  | {
      readonly kind: 'lost';
      readonly id: number;
      readonly host: string;
      readonly argv: Argv;
      readonly durationMs: number;
      readonly error: ProblemError;
    };

export type CommandObserver = (event: CommandEvent) => void;

const active = new Map<number, ActiveCommand>();
let lastId = 0;

/** All commands of all hosts that have not ended, in the order of their start. */
export function activeCommands(): readonly ActiveCommand[] {
  return [...active.values()];
}

/** The entry of one command in the registry. Every method but the first call of each is without effect. */
export interface Registration {
  ended(exit: ExitStatus): void;
  /** Did not start, or cannot be followed any more. */
  lost(error: ProblemError): void;
  /** Stays listed as abandoned until `ended` or `lost` comes after all. */
  abandoned(error: ProblemError): void;
}

/** Lists a command as running and tells the observer. An observer that throws is ignored: it must not stop a backup. */
export function registerCommand(host: string, argv: Argv, observe: CommandObserver | undefined): Registration {
  lastId += 1;
  const id = lastId;
  const startedMs = performance.now();
  const entry: ActiveCommand = { host, argv, startedAtMs: Date.now(), state: 'running' };
  let told = false;
  const tell = (event: CommandEvent): void => {
    try {
      observe?.(event);
    } catch {
      // See above.
    }
  };
  const tellOnce = (event: CommandEvent): void => {
    if (told) return;
    told = true;
    tell(event);
  };
  active.set(id, entry);
  tell({ kind: 'started', id, host, argv });
  const durationMs = (): number => performance.now() - startedMs;
  return {
    ended(exit) {
      active.delete(id);
      tellOnce({ kind: 'ended', id, host, argv, durationMs: durationMs(), exit });
    },
    lost(error) {
      active.delete(id);
      tellOnce({ kind: 'lost', id, host, argv, durationMs: durationMs(), error });
    },
    abandoned(error) {
      if (active.has(id)) active.set(id, { ...entry, state: 'abandoned' });
      tellOnce({ kind: 'lost', id, host, argv, durationMs: durationMs(), error });
    },
  };
}
