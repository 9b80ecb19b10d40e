/** Everything that a window asks over its connection: the daemon's contract, and the few requests that the shell answers itself. */
import type { z } from 'zod';
import { REQUESTS } from '../../core/api/contract.ts';
import { SHELL_REQUESTS } from '../../core/api/shell-desk.ts';

export const ASKED = { ...REQUESTS, ...SHELL_REQUESTS } as const;

export type Asked = keyof typeof ASKED;
export type AskedParams<M extends Asked> = z.infer<(typeof ASKED)[M]['params']>;
export type AskedReply<M extends Asked> = z.infer<(typeof ASKED)[M]['reply']>;
