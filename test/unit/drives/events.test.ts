import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBlockEvent } from '../../../core/drives/events.ts';

const USB = '/devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host6/target6:0:0/6:0:0:0/block/sdb';

describe('a line of udevadm monitor', () => {
  it.each([
    [`KERNEL[8124.550271] add      ${USB}/sdb1 (block)`, 'kernel', 'add', '/dev/sdb1'],
    [`UDEV  [8124.701234] add      ${USB}/sdb1 (block)`, 'udev', 'add', '/dev/sdb1'],
    [`KERNEL[8130.112233] remove   ${USB} (block)`, 'kernel', 'remove', '/dev/sdb'],
    [`UDEV  [8130.2] change   ${USB} (block)`, 'udev', 'change', '/dev/sdb'],
    ['KERNEL[1.000001] bind     /devices/virtual/block/dm-3 (block)', 'kernel', 'other', '/dev/dm-3'],
    ['KERNEL[1.000001] add      /devices/pci/block/cciss!c0d0 (block)', 'kernel', 'add', '/dev/cciss/c0d0'],
  ])('%s', (line, source, action, device) => {
    expect(parseBlockEvent(line)).toEqual({ source, action, device });
  });

  it.each([
    'monitor will print the received events for:',
    'UDEV - the event which udev sends out after rule processing',
    'KERNEL - the kernel uevent',
    '',
    'KERNEL[8124.5] add      /devices/pci0000:00/usb2/2-1 (usb)',
    'KERNEL[8124.5] add      /devices/a b (block)',
    'KERNEL[8124.5] add      / (block)',
    'KERNEL[x] add      /devices/sdb (block)',
  ])('is nothing of a block device: %j', (line) => {
    expect(parseBlockEvent(line)).toBeNull();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((path) => `KERNEL[1.0] remove /${path} (block)`),
        ),
        (line) => {
          const event = parseBlockEvent(line);
          if (event !== null) expect(event.device).toMatch(/^\/dev\/./);
        },
      ),
    );
  });
});
