/** Whether and how the daemon can be started from the desktop, where it is not a service. Pure. */
import { dirname } from 'node:path';
import type { HelperStart } from '../../core/api/shell-desk.ts';

export interface StartFacts {
  /** This window asks where such a daemon listens. */
  readonly usualSocket: boolean;
  /** A unit of the service is there. */
  readonly installed: boolean;
  /** Real absolute paths; null where there is none. */
  readonly pkexec: string | null;
  readonly node: string;
  readonly program: string | null;
  /** Files and folders on the way to what would be run that others than root may change. */
  readonly changeable: readonly string[];
}

/** How a process that asked for a password has ended; null while it has not. */
export interface AskedEnd {
  /** Null: by a signal, or it did not start. */
  readonly code: number | null;
  readonly said: string;
}

/** Of pkexec(1): the dialog was closed. */
const DISMISSED = 126;
/** Of pkexec(1): no right, or nobody who could ask for a password. */
const NOT_ALLOWED = 127;

/** Before anything was asked. The command holds nothing that a person or a page has given. */
export function planStart(facts: StartFacts): HelperStart {
  const { usualSocket, installed, pkexec, node, program, changeable } = facts;
  const state = (name: HelperStart['state']): HelperStart => ({
    state: name,
    command: [],
    changeable: [],
    detail: '',
  });
  if (installed) return state('installed');
  if (!usualSocket || program === null) return state('nothing-to-start');
  if (pkexec === null) return state('no-pkexec');
  return {
    state: 'possible',
    command: [pkexec, '--disable-internal-agent', node, program, 'daemon', '--on-demand'],
    changeable: [...changeable].slice(0, 64),
    detail: '',
  };
}

/** Whether it may be started: what others could change needs a person who has been told. */
export function mayStart(plan: HelperStart, despite: boolean): boolean {
  return plan.state === 'possible' && (plan.changeable.length === 0 || despite);
}

export function afterAsking(plan: HelperStart, end: AskedEnd | null): HelperStart {
  if (end === null) return { ...plan, state: 'asked' };
  const state = end.code === DISMISSED ? 'refused' : end.code === NOT_ALLOWED ? 'not-allowed' : 'ended';
  return { ...plan, state, detail: end.said };
}

/** Of a file or folder: nobody but root may put something else in its place. */
export function onlyRootChanges({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  return uid === 0 && (mode & 0o022) === 0;
}

/** A file and all folders above it. */
export function wayTo(path: string): readonly string[] {
  const above = dirname(path);
  return above === path ? [path] : [path, ...wayTo(above)];
}
