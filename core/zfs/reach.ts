/** How far a failure reaches, so that what it does not reach can go on and what it does is not tried in vain. */
import type { ProblemCode } from '../api/problem.ts';

const WHOLE_HOST: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'command-aborted',
  'command-missing',
  'connection-lost',
  'host-key-mismatch',
  'host-key-unpinned',
  'host-unreachable',
  'identity-unreadable',
  'login-refused',
  'spawner-lost',
]);

const WHOLE_POOL: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'command-stuck',
  'command-timeout',
  'no-space',
  'pool-read-only',
  'pool-unavailable',
]);

/** What a failure of this code says about the neighbours of the dataset it was seen on. */
export function failureReach(code: ProblemCode): 'host' | 'pool' | 'dataset' {
  if (WHOLE_HOST.has(code)) return 'host';
  return WHOLE_POOL.has(code) ? 'pool' : 'dataset';
}
