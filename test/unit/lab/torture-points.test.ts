import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  COVERING_COUNT,
  chosenPoints,
  DEEDS,
  isPossible,
  PHASES,
  PLACES,
  pointOf,
  randomPoint,
} from '../../lab/torture/points.ts';

describe('points of interruption', () => {
  test('the chosen ones cover every phase and every deed, none twice', () => {
    const points = chosenPoints();
    expect(new Set(points.map(({ phase }) => phase))).toEqual(new Set(PHASES));
    expect(new Set(points.map(({ deed }) => deed))).toEqual(new Set(DEEDS));
    expect(new Set(points.map((point) => JSON.stringify(point))).size).toBe(points.length);
  });

  test('the first fifteen of them cover every phase and every deed already', () => {
    expect(COVERING_COUNT).toBe(15);
    const first = chosenPoints().slice(0, COVERING_COUNT);
    expect(new Set(first.map(({ phase }) => phase))).toEqual(new Set(PHASES));
    expect(new Set(first.map(({ deed }) => deed))).toEqual(new Set(DEEDS));
  });

  test('a campaign has the chosen points first, and then those of seeds', () => {
    const chosen = chosenPoints();
    expect(chosen.map((_, index) => pointOf(index, 7))).toEqual(chosen);
    expect(pointOf(chosen.length + 2, 7)).toEqual(randomPoint(9));
  });

  test('a seed gives one point, always the same, that is possible', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const point = randomPoint(seed);
        expect(randomPoint(seed)).toEqual(point);
        expect(isPossible(point)).toBe(true);
        expect(PLACES[point.phase].map(({ pattern }) => pattern)).toContain(point.trigger.pattern);
      }),
    );
  });

  test('two thousand seeds reach every phase with every deed that is possible there', () => {
    const reached = new Set(
      Array.from({ length: 2000 }, (_, seed) => randomPoint(seed)).map(({ phase, deed }) => `${phase} ${deed}`),
    );
    for (const { phase, deed } of chosenPoints()) expect(reached).toContain(`${phase} ${deed}`);
  });

  test('only the phases asked for', () => {
    for (let seed = 0; seed < 50; seed++) expect(randomPoint(seed, ['pruning']).phase).toBe('pruning');
  });
});
