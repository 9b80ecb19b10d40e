/** The conformance cases on real ZFS; the simulated one runs the same ones. */
import { describe, expect, it } from 'vitest';
import { ALL_CASES } from '../../conformance/all-cases.ts';
import { useRealZfs } from './support/fixture.ts';

const withFixture = useRealZfs('cases');

describe.concurrent.each(Object.entries(ALL_CASES))('%s', (_, cases) => {
  it.each(cases)('$name', async ({ run }) => withFixture((fixture) => run(fixture, expect)));
});
