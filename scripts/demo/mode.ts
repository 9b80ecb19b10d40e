/** What `npm start` does on this machine. Pure. */

export const OWN_CONFIG = '/etc/snapferry/snapferry.yml';
export const FOREIGN_CONFIG = '/etc/zrepl/zrepl.yml';

export type StartMode =
  /** Run this machine's own configuration. */
  | 'own'
  /** Show what another program's configuration would do here; change nothing. */
  | 'foreign'
  | 'demo';

export interface MachineFacts {
  readonly kernelHasZfs: boolean;
  readonly exists: (path: string) => boolean;
}

/** Only a configuration in our own folder is ever run. */
export function chooseMode({ kernelHasZfs, exists }: MachineFacts): StartMode {
  if (!kernelHasZfs) return 'demo';
  if (exists(OWN_CONFIG)) return 'own';
  return exists(FOREIGN_CONFIG) ? 'foreign' : 'demo';
}
