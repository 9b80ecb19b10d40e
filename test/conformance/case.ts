/** The form of a conformance case. */
import type { ExpectStatic } from 'vitest';
import type { Fixture, Place, Release } from './fixture.ts';

export interface Case {
  readonly name: string;
  run(fixture: Fixture, expect: ExpectStatic): Promise<void>;
}

/** What differs between releases. */
export function on<T>({ release }: Place, expected: Readonly<Record<Release, T>>): T {
  return expected[release];
}
