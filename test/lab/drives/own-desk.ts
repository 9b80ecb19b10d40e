/** A desk for every test, in a pair of guests of the file's own: what hangs in a kernel must not hang the tests of others. */
import { afterAll, afterEach, beforeAll, beforeEach, inject } from 'vitest';
import { ensureLab, type Guests } from '../guests/index.ts';
import { zfsFlavourOf } from '../suite.ts';
import { Desk } from './desk.ts';

const HOOK_TIMEOUT_MS = 120_000;
/** The lab may have to be built first. */
const LAB_TIMEOUT_MS = 1_800_000;

/** Registers the hooks that set the desk and take it away. Gives the desk of the test at hand. */
export function ownDesk(tag: string): () => Desk {
  const instance = `${tag}-${process.pid}`;
  let guests: Guests | undefined;
  let takeDown: (() => Promise<void>) | undefined;
  let desk: Desk | undefined;
  const current = (): Desk => {
    if (desk === undefined) throw new Error('no desk is set');
    return desk;
  };
  beforeAll(async () => {
    const lab = await ensureLab({ zfs: zfsFlavourOf(inject('labZfs')) });
    takeDown = () => lab.down(instance);
    guests = await lab.up({ instance, endWithUs: true });
  }, LAB_TIMEOUT_MS);
  afterAll(async () => {
    guests?.close();
    await takeDown?.();
  });
  beforeEach(async () => {
    if (guests === undefined) throw new Error('the guests are not up');
    desk = await Desk.set(guests.workstation);
  }, HOOK_TIMEOUT_MS);
  afterEach(async () => {
    await desk?.stop();
    desk = undefined;
  }, HOOK_TIMEOUT_MS);
  return current;
}
