import { ProblemError } from '../../../../core/api/problem.ts';
import type { Surroundings } from '../../../../core/job/surroundings.ts';

const unable = (): Promise<never> => Promise.reject(new ProblemError('drive-away', { drive: 'none', pool: 'none' }));

/** A machine without ZFS that nothing can be reached from. */
export const NO_SURROUNDINGS: Surroundings = {
  discover: async () => ({ zfs: null, problem: null, pools: [], datasets: [], leftOut: 0 }),
  hostKeys: async () => ({ keys: [] }),
  key: async ({ key }) => ({
    publicLine: 'ssh-ed25519 AAAA',
    fingerprint: `SHA256:${'A'.repeat(43)}`,
    identityFile: `/var/lib/snapferry/keys/${key}/id_ed25519`,
    existed: false,
  }),
  test: async () => ({ checks: [], usable: false }),
  testJob: async () => ({ checks: [], usable: false }),
  bringKey: async () => ({ outcome: 'added' }),
  drives: {
    disks: async () => ({ disks: [] }),
    make: unable,
    prepare: unable,
    look: unable,
    unlock: unable,
  },
  look: async () => ({ datasets: [], elsewhere: [], adoptions: [], adopted: 0 }),
};
