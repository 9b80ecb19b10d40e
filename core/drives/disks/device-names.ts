/** The names of block devices below /dev/disk/by-id, as the database of udev has them. Pure. See udevadm(8), "info". */
import { byUsefulness } from '../members.ts';

const FOLDER = 'disk/by-id/';
/** What becomes an argument of a command: no blanks, nothing that has to be escaped. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._:+=@,-]{0,249}$/;
const LINE_CHARS_MAX = 16_384;

/** For every device (`/dev/sdb1`) its names, best first. A name that two devices claim means neither. */
export function parseDeviceNames(stdout: string): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  const claimed = new Map<string, number>();
  for (const record of stdout.split(/\n{2,}/)) {
    const lines = record.split('\n').filter((line) => line.length <= LINE_CHARS_MAX);
    const device = lines.find((line) => line.startsWith('E: DEVNAME='))?.slice('E: DEVNAME='.length) ?? '';
    if (!lines.includes('E: SUBSYSTEM=block') || !device.startsWith('/dev/')) continue;
    const links = lines.filter((line) => line.startsWith(`S: ${FOLDER}`)).map((line) => line.slice(3 + FOLDER.length));
    const mine = [...new Set(links)].filter((link) => NAME.test(link)).sort(byUsefulness);
    names.set(device, mine);
    for (const link of mine) claimed.set(link, (claimed.get(link) ?? 0) + 1);
  }
  return new Map([...names].map(([device, mine]) => [device, mine.filter((link) => claimed.get(link) === 1)]));
}
