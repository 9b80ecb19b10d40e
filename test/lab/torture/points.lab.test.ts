/** Some of the points of `npm run torture`, chosen to cover every phase and every deed, in a pair of guests of their own. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { ensureLab, type Guests, type Lab } from '../guests/index.ts';
import { zfsFlavourOf } from '../suite.ts';
import { type Household, openHousehold } from './household.ts';
import { COVERING_COUNT, pointOf } from './points.ts';
import { Story } from './story.ts';
import { settle, strike } from './strike.ts';

let lab: Lab | undefined;
let guests: Guests | undefined;
let household: Household | undefined;
let story: Story | undefined;
const instance = `${inject('labInstance')}-torture`;

beforeAll(async () => {
  lab = await ensureLab({ zfs: zfsFlavourOf(inject('labZfs')) });
  guests = await lab.up({ instance, endWithUs: true });
  household = await openHousehold(guests);
  story = new Story(household);
  await story.begin();
  await settle(household);
  expect(await story.violations()).toEqual([]);
});

afterAll(async () => {
  await household?.close();
  guests?.close();
  await lab?.down(instance);
});

const points = Array.from({ length: COVERING_COUNT }, (_, index) => pointOf(index, 1));

describe('a run that is interrupted', () => {
  test.each(points.map((point) => [point.phase, point.deed, point] as const))('%s, %s', async (_, __, point) => {
    if (household === undefined || story === undefined) throw new Error('there is no household');
    const { held, violations } = await strike(household, story, point);
    expect(held, 'the point was reached').toMatch(new RegExp(point.trigger.pattern));
    expect(violations).toEqual([]);
  });
});
