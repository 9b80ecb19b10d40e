/**
 * What the wizard finds around a simulated machine. Datasets, snapshots and what lies at the destination already are told by the
 * engine from the simulated OpenZFS of both sides. There is no ssh between them: host keys, our key and the tests are made up.
 */
import { describeDatasets } from '../../../../core/job/discover.ts';
import { look } from '../../../../core/job/look.ts';
import type { Surroundings } from '../../../../core/job/surroundings.ts';
import type { Zfs } from '../../../../core/zfs/types.ts';
import { NO_SURROUNDINGS } from '../../../unit/helper/support/surroundings.ts';
import { everythingWorks, NAS_KEY } from './wizard-machine.ts';

const PROPERTIES = ['used', 'referenced', 'mountpoint'];
const GIB = 2 ** 30;

export function simulatedSurroundings(desk: Zfs, nas: Zfs): Surroundings {
  return {
    ...NO_SURROUNDINGS,
    discover: async () => {
      const facts = await desk.listDatasets(['tank'], { recursive: true, properties: PROPERTIES });
      const versions = await desk.listVersions(['tank'], { recursive: true, details: true });
      return {
        zfs: { userland: 'zfs-2.3.4', kernel: 'zfs-kmod-2.3.4' },
        problem: null,
        pools: [
          { name: 'tank', guid: '1', sizeBytes: 100 * GIB, freeBytes: 90 * GIB, health: 'ONLINE', readonly: false },
        ],
        datasets: describeDatasets(facts, versions),
        leftOut: 0,
      };
    },
    hostKeys: async () => ({ keys: [{ type: 'ssh-ed25519', fingerprint: NAS_KEY }] }),
    test: async () => everythingWorks(),
    look: (params, signal) => look({ local: desk, remote: nas }, params, signal),
  };
}
