/** What every lab test takes for granted of the suite itself. */
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { Guests } from './guests/index.ts';
import { guestsOfSuite } from './suite.ts';

let guests: Guests | undefined;
beforeAll(async () => {
  guests = await guestsOfSuite();
});
afterAll(() => guests?.close());

it('the pair of the suite is up, taken over, and runs the OpenZFS that was asked for', async () => {
  expect(guests?.wasUp).toBe(true);
  expect(guests?.state).toMatchObject({ zfs: inject('labZfs'), instance: inject('labInstance') });
  const versions = await Promise.all([guests?.workstation, guests?.nas].map((guest) => guest?.runOk('zfs version')));
  for (const version of versions) expect(version).toMatch(/zfs-2\.[13]\.\d+[\s\S]*zfs-kmod-2\.[13]\.\d+/);
});
