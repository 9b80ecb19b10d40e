/** A machine that drives are plugged into, as a made-up daemon tells of it while a backup is set up. */
import type { Disk } from '../../../../core/api/disk.ts';
import { lookDriveParams, makePoolParams, prepareDriveParams } from '../../../../core/api/drive-making.ts';
import { job } from '../../../unit/cli/support/example-status.ts';
import type { FakeDaemon } from './fake-daemon.ts';
import { NAS_KEY, nothingThere, someMachine, wizardAnswers } from './wizard-machine.ts';

const GIB = 2 ** 30;
const FREE_BYTES = 900 * GIB;

const DISK: Disk = {
  id: '',
  device: '',
  model: '',
  serial: '',
  sizeBytes: 1_000_204_886_016,
  media: 'ssd',
  transport: 'usb',
  hotplug: true,
  verdict: { kind: 'free', content: [] },
};

/** The one that the machine runs from. */
export const SYSTEM: Disk = {
  ...DISK,
  id: 'nvme-Samsung_990_S7X',
  device: '/dev/nvme0n1',
  model: 'Samsung SSD 990 PRO',
  serial: 'S7XNS0W812345',
  transport: 'nvme',
  hotplug: false,
  verdict: { kind: 'in-use', why: 'imported-pool', what: 'rpool' },
};
/** A drive with a pool on it. */
export const BLUE: Disk = {
  ...DISK,
  id: 'usb-WD_My_Passport_575834-0:0',
  device: '/dev/sdb',
  model: 'My Passport 25E2',
  serial: '575834314438',
  verdict: { kind: 'pool', pool: 'blue', poolGuid: '1234567890123456789' },
};
/** A drive that somebody has used with another system. */
export const USED: Disk = {
  ...DISK,
  id: 'usb-Samsung_T7_S6XN-0:0',
  device: '/dev/sdc',
  model: 'Samsung T7',
  serial: 'S6XNS0R123456',
  verdict: {
    kind: 'free',
    content: [
      { form: 'gpt', label: '', sizeBytes: 1_000_204_886_016 },
      { form: 'ntfs', label: 'Photos', sizeBytes: 999 * GIB },
    ],
  },
};

/** Answers whatever is asked of drives. What is plugged in is what `disks` holds. */
export function driveAnswers(daemon: FakeDaemon, disks: readonly Disk[]): void {
  wizardAnswers(daemon);
  const { answers } = daemon;
  const found = someMachine();
  answers.set('drive/disks', () => ({ disks }));
  answers.set('drive/prepare', (params) => {
    const { passphrase } = prepareDriveParams.parse(params);
    return { created: true, isEncrypted: passphrase !== null, sizeBytes: 1e12, availableBytes: FREE_BYTES };
  });
  answers.set('drive/make', (params) => {
    const { pool, rootFs, encryption } = makePoolParams.parse(params);
    const keyFile = encryption.kind === 'key-file' ? `/var/lib/snapferry/drive-keys/${pool}-0a1b2c3d/key` : null;
    return { pool, poolGuid: '77', rootFs, keyFile, sizeBytes: 1e12, availableBytes: FREE_BYTES };
  });
  answers.set('drive/look', (params) => {
    const { pool: _, poolGuid: _g, ...where } = lookDriveParams.parse(params);
    const reach = { host: 'nas.lan', port: 22, user: 'root', key: 'nas', hostKey: NAS_KEY, sudo: false };
    return nothingThere({ ...reach, ...where }, found, FREE_BYTES);
  });
  answers.set('drive/unlock', () => ({ unlocked: true }));
  daemon.onSaved = ({ jobs, text }) => {
    const poolGuid = /pool_guid: "?(\d+)/.exec(text ?? '')?.[1] ?? '';
    const drive = {
      name: 'blue',
      pool: 'blue',
      poolGuid,
      destination: 'blue: blue/backups',
      state: 'safe' as const,
      sinceMs: daemon.status.nowMs,
      problem: null,
      asks: false,
      lastSuccessMs: null,
      staleAfterMs: 7 * 86_400_000,
      sizeBytes: 1e12,
      freeBytes: FREE_BYTES,
    };
    daemon.status = {
      ...daemon.status,
      jobs: jobs.map(({ name }) => job(name, { lastSuccessMs: null, replication: null, safety: [], drives: [drive] })),
    };
  };
}
