import { expect, it } from 'vitest';
import { Tally } from '../../../core/drives/tally.ts';

it('counts what is at work until it ends', () => {
  const tally = new Tally();
  const [endFirst, endSecond] = [tally.begin(), tally.begin()];
  endFirst();
  expect(tally.isEmpty).toBe(false);
  endSecond();
  expect(tally.isEmpty).toBe(true);
});

it('what was forgotten counts no more, and its end ends nothing of what was begun later', () => {
  const tally = new Tally();
  const endForgotten = tally.begin();
  tally.forget();
  expect(tally.isEmpty).toBe(true);
  const end = tally.begin();
  endForgotten();
  expect(tally.isEmpty).toBe(false);
  end();
  expect(tally.isEmpty).toBe(true);
});
