/** The person's own folders, see the XDG Base Directory Specification. Pure. */
import { join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What is kept of what happened. */
export function stateFolder(env: Environment, home: string): string {
  return join(absolute(env.XDG_STATE_HOME) ?? join(home, '.local', 'state'), 'snapferry');
}

/** What the person has chosen, for all programs. */
export function configFolder(env: Environment, home: string): string {
  return absolute(env.XDG_CONFIG_HOME) ?? join(home, '.config');
}

/** A path that is not absolute is to be ignored. */
function absolute(path: string | undefined): string | null {
  return path?.startsWith('/') === true ? path : null;
}
