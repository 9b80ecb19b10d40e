/** A disk with something on it, as the service tells of one. */
import type { Disk } from '../../../../core/api/disk.ts';

export const DISK: Disk = {
  id: 'usb-T7',
  device: '/dev/sdb',
  model: 'Samsung T7',
  serial: 'S6XN',
  sizeBytes: 1e12,
  media: 'ssd',
  transport: 'usb',
  hotplug: true,
  verdict: { kind: 'free', content: [{ form: 'ntfs', label: 'Photos', sizeBytes: 5e8 }] },
};
