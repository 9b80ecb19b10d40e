/** Looking around where OpenZFS is simulated: everything is real but ssh, which lets everybody in as root. */

import { testDestination } from '../../../../core/job/destination-test.ts';
import { discover } from '../../../../core/job/discover.ts';
import { look } from '../../../../core/job/look.ts';
import type { Surroundings } from '../../../../core/job/surroundings.ts';
import type { Zfs } from '../../../../core/zfs/types.ts';
import { NO_SURROUNDINGS } from '../../../unit/helper/support/surroundings.ts';
import { fakeHost } from '../../../unit/zfs/support/fake-host.ts';

/** What the NAS shows, and what its console would say. */
export const NAS_HOST_KEY = `SHA256:${'k'.repeat(43)}`;

export function simSurroundings(desk: Zfs, nas: Zfs, pool: string): Surroundings {
  const deskHost = fakeHost(() => ({ stdout: `${pool}\t5\t1000000000\t400000000\tONLINE\toff\n` }));
  const nasHost = fakeHost(([option]) => (option === '-u' ? { stdout: '0\n' } : undefined));
  return {
    ...NO_SURROUNDINGS,
    discover: (signal) => discover({ zfs: desk, host: deskHost }, signal),
    hostKeys: async () => ({ keys: [{ type: 'ssh-ed25519', fingerprint: NAS_HOST_KEY }] }),
    test: ({ user, rootFs, estimateBytes, sudo }, signal) =>
      testDestination({ zfs: nas, host: nasHost, user, rootFs, estimateBytes, sudo }, signal),
    testJob: (_job, signal) =>
      testDestination(
        { zfs: nas, host: nasHost, user: 'root', rootFs: 'backup', estimateBytes: null, sudo: false },
        signal,
      ),
    look: (params, signal) => look({ local: desk, remote: nas, nowMs: Date.now() }, params, signal),
  };
}
