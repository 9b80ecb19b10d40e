/** Some of the points of `npm run torture -- --drives`: both drives of a set in turn, beside a NAS and snapshots, in a pair of guests of their own. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { ensureLab, type Guests, type Lab } from '../guests/index.ts';
import { zfsFlavourOf } from '../suite.ts';
import { type DriveHousehold, openDriveHousehold } from './torture/household.ts';
import { DRIVE_POINTS, type DriveDeed, type DrivePhase, drivePointOf } from './torture/points.ts';
import { DriveStory } from './torture/story.ts';
import { strikeDrive } from './torture/strike.ts';

const POINT_TIMEOUT_MS = 900_000;
const instance = `drive-points-${process.pid}`;

let lab: Lab | undefined;
let guests: Guests | undefined;
let household: DriveHousehold | undefined;
let story: DriveStory | undefined;

beforeAll(async () => {
  lab = await ensureLab({ zfs: zfsFlavourOf(inject('labZfs')) });
  guests = await lab.up({ instance, endWithUs: true });
  household = await openDriveHousehold(guests);
  story = new DriveStory(household);
}, 1_800_000);

afterAll(async () => {
  await household?.close();
  guests?.close();
  await lab?.down(instance);
});

function pointOf(phase: DrivePhase, deed: DriveDeed, failmode: string) {
  for (let index = 0; index < DRIVE_POINTS; index++) {
    const point = drivePointOf(index, 1);
    if (point.phase === phase && point.deed === deed && point.make.failmode === failmode) return point;
  }
  throw new Error(`there is no such point: ${phase}, ${deed}, ${failmode}`);
}

describe('a backup to a drive', () => {
  test.each([
    ['full', 'yank', 'wait'],
    // Twice two snapshots on it are one more than its rules keep.
    ['pruning', 'power-loss', 'wait'],
    ['export', 'yank', 'continue'],
    ['idle', 'yank', 'wait'],
  ] as const)(
    '%s, %s, failmode=%s',
    async (phase, deed, failmode) => {
      if (household === undefined || story === undefined) throw new Error('there is no household');
      const { held, violations } = await strikeDrive(household, story, pointOf(phase, deed, failmode));
      expect(violations).toEqual([]);
      expect(held, 'the point was reached').not.toBeNull();
    },
    POINT_TIMEOUT_MS,
  );
});
