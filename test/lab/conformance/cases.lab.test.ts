/** The conformance cases on real ZFS; the simulated one runs the same ones. */
import { describe, expect, it } from 'vitest';
import { ALL_CASES } from '../../conformance/all-cases.ts';
import { useRealZfs } from './support/fixture.ts';

/** Groups that run with every `npm test`; with SNAPFERRY_LAB_ALL=1 all of them run, which takes eight minutes. */
const ALWAYS: readonly string[] = ['oddities', 'encryption', 'forcing', 'resuming'];

const withFixture = useRealZfs('cases');
const groups = Object.entries(ALL_CASES).filter(
  ([group]) => process.env.SNAPFERRY_LAB_ALL !== undefined || ALWAYS.includes(group),
);

describe.concurrent.each(groups)('%s', (_, cases) => {
  for (const { name, run } of cases) it(name, async () => withFixture((fixture) => run(fixture, expect)));
});
