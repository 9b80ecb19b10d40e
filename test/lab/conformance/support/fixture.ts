/** Conformance cases on real ZFS for a test file: a lane in each guest, made before all tests and destroyed after. */
import { afterAll, beforeAll } from 'vitest';
import type { Fixture } from '../../../conformance/fixture.ts';
import { guestsOfSuite } from '../../suite.ts';
import { inLane, type Lane, openLane } from './lane.ts';

/** Work with a fixture of its own; as much of it at a time as there are guests. */
type WithFixture = <T>(work: (fixture: Fixture) => Promise<T>) => Promise<T>;

/** Makes pools in both guests before all tests of the file and destroys them after. */
export function useRealZfs(tag: string): WithFixture {
  const free: Lane[] = [];
  const waiting: ((lane: Lane) => void)[] = [];
  const endings: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    const guests = await guestsOfSuite();
    endings.push(async () => guests.close());
    free.push(...(await Promise.all([guests.workstation, guests.nas].map((guest) => openLane(tag, guest, endings)))));
  });
  afterAll(async () => {
    for (const end of endings.reverse()) await end();
  });

  const giveBack = (lane: Lane): void => {
    const next = waiting.shift();
    if (next === undefined) free.push(lane);
    else next(lane);
  };
  return async (work) => {
    const lane = free.shift() ?? (await new Promise<Lane>((resolve) => waiting.push(resolve)));
    try {
      return await inLane(lane, work);
    } finally {
      giveBack(lane);
    }
  };
}
