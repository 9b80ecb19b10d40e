import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dumpConfig } from '../../../core/config/dump.ts';
import { formatComplaints } from '../../../core/config/format.ts';
import { runnable } from '../../../core/config/runnable.ts';
import { parseGrid } from '../../../core/config/values/grid.ts';
import { parseTcpClient } from '../../../core/config/values/tcp-client.ts';
import { FILE, file, parse, pullJob, pushJob, sinkJob, snapJob, sourceJob, sshJob } from './helper.ts';
import { SAMPLES } from './samples.ts';

const TEXTS = [
  ...Object.values(SAMPLES),
  file(pushJob(), sinkJob(), sshJob({ name: 'x' }), pullJob(), sourceJob(), snapJob()),
];

/** Everything that a configuration and its complaints are used for; none of it may throw. */
function use(text: string): void {
  const { config, problems, texts } = parse(text);
  const lines = text.split('\n').length;
  for (const problem of problems) {
    expect(problem.file).toBe(FILE);
    expect(problem.line).toBeGreaterThanOrEqual(1);
    expect(problem.line).toBeLessThanOrEqual(lines + 1);
    expect(problem.column).toBeGreaterThanOrEqual(1);
  }
  expect(formatComplaints(problems, texts)).not.toMatch(/[\0-\x09\x0b-\x1f\x7f]/);
  expect(config === null).toBe(problems.some(({ severity }) => severity === 'error'));
  if (config === null) return;
  for (const job of config.jobs) runnable(job, config);
  dumpConfig(config, 'yaml');
}

const SHARDS = [
  ...[
    '\n',
    ' ',
    '  ',
    '\t',
    ':',
    ': ',
    '- ',
    '[',
    ']',
    '{',
    '}',
    ',',
    '"',
    "'",
    '#',
    '&a ',
    '*a',
    '<<: ',
    '!!str ',
    '|\n',
    '---\n',
    '%',
  ],
  ...[
    '~',
    'null',
    'true',
    'off',
    '0',
    '-1',
    '1e9',
    '\0',
    '\u001b',
    'é',
    '\ufeff',
    '<',
    '@',
    'x'.repeat(300),
    'type: push',
    'jobs:\n',
  ],
];

const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  drop: fc.nat(12),
  put: fc.constantFrom('', ...SHARDS),
});

function mutate(text: string, mutations: readonly { at: number; drop: number; put: string }[]): string {
  return mutations.reduce((result, { at, drop, put }) => {
    const offset = Math.floor(at * result.length);
    return result.slice(0, offset) + put + result.slice(offset + drop);
  }, text);
}

describe('whatever a file says', () => {
  it('a changed configuration is read or complained about', () => {
    fc.assert(
      fc.property(fc.constantFrom(...TEXTS), fc.array(mutation, { minLength: 1, maxLength: 6 }), (text, mutations) => {
        use(mutate(text, mutations));
      }),
      { numRuns: 60 },
    );
  });

  it('lines in any order are read or complained about', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...TEXTS).chain((text) => fc.shuffledSubarray(text.split('\n'))),
        (lines) => use(lines.join('\n')),
      ),
      { numRuns: 30 },
    );
  });

  it('noise is read or complained about', () => {
    const noise = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom(...SHARDS)).map((parts) => parts.join('')),
    );
    fc.assert(fc.property(noise, use), { numRuns: 60 });
  });

  it('small texts are read or refused', () => {
    const piece = fc.constantFrom(
      '1',
      'x',
      'h',
      ' ',
      '|',
      '(',
      ')',
      'keep=',
      'all',
      '-',
      '10.0.0.0',
      '/',
      '%',
      '*',
      ':',
      'fe80::',
    );
    fc.assert(
      fc.property(
        fc.array(piece).map((parts) => parts.join('')),
        fc.string(),
        (text, other) => {
          const grid = parseGrid(text);
          if (grid.ok) expect(grid.value.length).toBeGreaterThan(0);
          const client = parseTcpClient(text, other);
          if (client.ok) expect(client.value.identity).toBe(other);
        },
      ),
    );
  });
});
