/** What the shell of the desktop says to its page beside the contract of the daemon, in the same form. */
import { z } from 'zod';
import { problemSchema } from './status.ts';

/** From the shell: whether the daemon can be asked. Requests fail at once while it is lost; after that `watch` is asked again. */
export const SHELL_CONNECTION = 'shell/connection';
export const shellConnectionParams = z.object({
  state: z.enum(['connected', 'lost']),
  /** Why it was lost; null while connected. */
  problem: problemSchema.nullable(),
});

/** From the page: whether a person can see it now. Notices are silent while it shows what they would say. */
export const SHELL_VISIBLE = 'shell/visible';
export const shellVisibleParams = z.strictObject({ visible: z.boolean() });

export type ShellConnection = z.infer<typeof shellConnectionParams>;

/** A page of the window that can be asked for by name. */
export type NamedPage = 'drives';
