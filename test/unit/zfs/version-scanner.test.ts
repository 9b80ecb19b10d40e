import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { flatCopy, Interned } from '../../../core/zfs/flat-text.ts';
import { entityFault, entityTypeOf } from '../../../core/zfs/names.ts';
import { compareVersions, parseVersionListing, parseVersionRows } from '../../../core/zfs/parse-versions.ts';
import type { DatasetVersions, Version } from '../../../core/zfs/types.ts';

const U64 = /^(?:0|[1-9][0-9]{0,19})$/;

class Refused extends Error {}

function demand(condition: boolean): asserts condition {
  if (!condition) throw new Refused();
}

function u64(text: string): bigint {
  demand(U64.test(text) && BigInt(text) < 2n ** 64n);
  return BigInt(text);
}

/** Line by line, field by field, and every name by the rules for whole names. */
function naiveListing(stdout: string, details: boolean): readonly DatasetVersions[] {
  demand(stdout === '' || stdout.endsWith('\n'));
  const seen = new Set<string>();
  const guids = new Map<string, bigint>();
  const versions = new Map<string, Version[]>();
  for (const line of stdout.split('\n').slice(0, -1)) {
    const fields = line.split('\t');
    const [fullName = '', guidText = '', txgText = '', creation = '', holds = ''] = fields;
    demand(fields.length === (details ? 5 : 3) && !seen.has(fullName));
    seen.add(fullName);
    const type = entityTypeOf(fullName);
    demand(entityFault(fullName, type) === null);
    const [guid, createtxg] = [u64(guidText), u64(txgText)];
    demand(!details || /^-?[0-9]{1,15}$/.test(creation));
    demand(!details || (type === 'snapshot' ? u64(holds) <= BigInt(Number.MAX_SAFE_INTEGER) : holds === '-'));
    if (type === 'filesystem') {
      guids.set(fullName, guid);
      continue;
    }
    const at = fullName.search(/[@#]/);
    const dataset = fullName.slice(0, at);
    const version: Version = {
      type,
      name: fullName.slice(at + 1),
      guid,
      createtxg,
      ...(details ? { creationS: Number(creation) + 0 } : {}),
      ...(details && type === 'snapshot' ? { userrefs: Number(holds) } : {}),
    };
    versions.set(dataset, [...(versions.get(dataset) ?? []), version]);
  }
  for (const dataset of versions.keys()) demand(guids.has(dataset));
  return [...guids].map(([dataset, guid]) => ({
    dataset,
    guid,
    versions: (versions.get(dataset) ?? []).toSorted(compareVersions),
  }));
}

/** A listing, or null where it is refused. */
function attempt(parse: () => readonly DatasetVersions[]): readonly DatasetVersions[] | null {
  try {
    return parse();
  } catch (thrown) {
    if (thrown instanceof Refused) return null;
    expect(thrown).toBeInstanceOf(ProblemError);
    expect(thrown).toMatchObject({ code: 'output-unreadable' });
    return null;
  }
}

const datasetName = fc.constantFrom('p', 'p/a', 'p/a b', 'p/a-', 'p/ab', 'p/a/c', 'q', 'q/.a');
const shortName = fc.constantFrom('x', 'y', ' y', '.x', '...', 'auto_20261101', '2', 'x'.repeat(240));
const number = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 0n, max: 20n }));
const row = fc
  .record({
    dataset: datasetName,
    version: fc.option(fc.tuple(fc.constantFrom('@', '#'), shortName), { freq: 4 }),
    guid: number,
    txg: number,
    creationS: fc.integer({ min: -5, max: 2 ** 40 }),
    holds: fc.nat({ max: 3 }),
  })
  .map(({ dataset, version, guid, txg, creationS, holds }) => ({
    dataset,
    name: `${dataset}${version === null ? '' : version.join('')}`,
    fields: [guid, txg, creationS, version?.[0] === '@' ? holds : '-'],
  }));

/** Mostly whole listings: every name once, and datasets for all versions. */
const listing = fc
  .record({
    rows: fc.uniqueArray(row, { selector: ({ name }) => name, maxLength: 20 }),
    grouped: fc.boolean(),
    owners: fc.boolean(),
    details: fc.boolean(),
  })
  .map(({ rows, grouped, owners, details }) => {
    const named = new Set(rows.map(({ name }) => name));
    const missing = [...new Set(rows.map(({ dataset }) => dataset))].filter((name) => !named.has(name));
    const all = [
      ...(owners ? missing.map((dataset) => ({ dataset, name: dataset, fields: [1n, 2n, 3, '-'] })) : []),
      ...rows,
    ];
    const order = grouped ? all.toSorted((a, b) => (a.dataset < b.dataset ? -1 : a.dataset > b.dataset ? 1 : 0)) : all;
    const lines = order.map(({ name, fields }) => [name, ...fields.slice(0, details ? 4 : 2)].join('\t'));
    return { text: lines.map((line) => `${line}\n`).join(''), details };
  });

/** One place where something else stands. */
const damage = fc.record({
  at: fc.nat({ max: 2000 }),
  removed: fc.nat({ max: 2 }),
  put: fc.constantFrom('', '\t', '\n', '@', '#', '/', '.', '-', '%', '0', '9', ' ', 'ä', '\u0000', 'p/a@x\t1\t1\n'),
});

describe('the walk over a listing', () => {
  it('reads and refuses what a parser does that takes every line apart', () => {
    let read = 0;
    let refused = 0;
    fc.assert(
      fc.property(listing, fc.option(damage, { freq: 2 }), ({ text, details }, hurt) => {
        const at = hurt === null ? 0 : hurt.at % (text.length + 1);
        const shown = hurt === null ? text : text.slice(0, at) + hurt.put + text.slice(at + hurt.removed);
        const expected = attempt(() => naiveListing(shown, details));
        expect(attempt(() => parseVersionListing(shown, details))).toEqual(expected);
        if (expected === null) refused += 1;
        else read += 1;
      }),
      { numRuns: 1000 },
    );
    // Either verdict was really put to the test.
    expect(Math.min(read, refused)).toBeGreaterThan(100);
  });

  it('tells the rows themselves, in their order', () => {
    const text = 'p/a@x\t2\t20\np/a#x\t2\t20\np/a\t7\t1\np/a/b@x\t3\t20\n';
    expect(parseVersionRows(text, false)).toEqual([
      {
        fullName: 'p/a@x',
        dataset: 'p/a',
        guid: 2n,
        version: { type: 'snapshot', name: 'x', guid: 2n, createtxg: 20n },
      },
      {
        fullName: 'p/a#x',
        dataset: 'p/a',
        guid: 2n,
        version: { type: 'bookmark', name: 'x', guid: 2n, createtxg: 20n },
      },
      { fullName: 'p/a', dataset: 'p/a', guid: 7n, version: null },
      {
        fullName: 'p/a/b@x',
        dataset: 'p/a/b',
        guid: 3n,
        version: { type: 'snapshot', name: 'x', guid: 3n, createtxg: 20n },
      },
    ]);
  });

  it('shows the row that it refuses, and nothing beyond it', () => {
    const thrown = (() => {
      try {
        return parseVersionListing('p\t7\t1\np@x\t2\n p@y\t3\t3\n', false);
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toMatchObject({ detail: 'a row has a wrong number of fields: "p@x\\t2"' });
  });

  it('keeps nothing of the text it has read', () => {
    setFlagsFromString('--expose-gc');
    const collect: unknown = runInNewContext('gc');
    if (typeof collect !== 'function') throw new Error('the collector cannot be called');
    const heapMib = () => {
      collect();
      return process.memoryUsage().heapUsed / 2 ** 20;
    };
    const name = 'a_name_shared_by_all_'.repeat(9);
    const makeText = () => {
      let text = '';
      for (let d = 0; d < 50; d++) {
        text += `p/${d}\t${d}\t1\n`;
        for (let s = 0; s < 400; s++) text += `p/${d}@${name}${s}\t${2 ** 50 + d * 1000 + s}\t${1_000_000 + s}\n`;
      }
      return text;
    };
    const before = heapMib();
    const read = () => parseVersionListing(makeText(), false);
    const parsed = read();
    const keptMib = heapMib() - before;
    const textMib = makeText().length / 2 ** 20;
    expect(parsed).toHaveLength(50);
    expect(textMib).toBeGreaterThan(4);
    expect(keptMib).toBeLessThan(textMib * 0.8);
  });
});

describe('Interned', () => {
  it('makes one value for equal texts, also after it has begun anew', () => {
    let made = 0;
    const interned = new Interned((flat) => ({ flat, made: ++made }));
    const first = interned.get('a');
    expect(interned.get('a')).toBe(first);
    for (let n = 0; n < 20_000; n++) interned.get(`name ${n}`);
    expect(interned.get('a')).toEqual({ flat: 'a', made });
    expect(interned.get('a')).toBe(interned.get('a'));
  });

  it('copies any text faithfully', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(flatCopy(text)).toBe(text);
      }),
    );
  });
});
