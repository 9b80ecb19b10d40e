/** The platform tests are numbered, so that it shows when one of them is lost. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROWS = 47;
const LAB = join(import.meta.dirname, '..', '..', 'lab');
const TITLE = /(['"`])platform ([0-9]+): ./g;
const LEFT_OUT = /\b(?:test|it|describe)(?:\.\w+)*\.(?:skip|only|todo|fails)\b/;

/** Text of every lab test file, by path. */
const files = new Map(
  readdirSync(LAB, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.lab.test.ts'))
    .map((path) => [path, readFileSync(join(LAB, path), 'utf8')] as const),
);

describe('the platform tests', () => {
  it(`are all there, rows 1 to ${ROWS}, each once`, () => {
    const rows = [...files.values()].flatMap((text) => [...text.matchAll(TITLE)].map((match) => Number(match[2])));
    expect(rows.sort((a, b) => a - b)).toEqual(Array.from({ length: ROWS }, (_, index) => index + 1));
  });

  it('are all run', () => {
    const leftOut = [...files].filter(([, text]) => LEFT_OUT.test(text)).map(([path]) => path);
    expect(leftOut).toEqual([]);
  });
});
