import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { mergePages } from '../../../renderer/model/activity.ts';
import { attentionOf } from '../../../renderer/model/attention.ts';
import { evidenceCommands, placeName } from '../../../renderer/model/evidence.ts';
import { cellState, countStates, matrixOf } from '../../../renderer/model/matrix.ts';
import { attemptProgress, datasetProgress, stepProgress } from '../../../renderer/model/progress.ts';
import { parseRoute, routeHash } from '../../../renderer/model/route.ts';
import { timelineMarks } from '../../../renderer/model/timeline.ts';
import { visiblePieces } from '../../../renderer/text/visible.ts';
import { keyTarget } from '../../../renderer/ui/grid-keys.ts';
import { someHistory } from '../../e2e/window/support/scenes.ts';
import {
  common,
  DAY,
  daemon,
  dataset,
  finished,
  job,
  MIN,
  NOW_MS,
  replicating,
  safety,
  step,
} from '../cli/support/example-status.ts';

describe('the state of a copy', () => {
  it.each([
    ['missing', safety('a', { newestCommon: null })],
    ['unknown', safety('a', { newestCommon: { name: '@x', guid: '1', creationMs: null } })],
    ['unknown', safety('a', { newestCommon: common(-DAY) })],
    ['old', safety('a', { newestCommon: common(3 * DAY) })],
    ['behind', safety('a', { newestCommon: common(10 * MIN, '1'), newestLocal: common(0, '2') })],
    ['current', safety('a')],
  ] as const)('is %s', (state, row) => expect(cellState(job('nas'), row, NOW_MS)).toBe(state));

  it('is current only where the newest snapshot itself is there, by guid', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        (here, there) => {
          const row = safety('a', { newestLocal: common(MIN, `${here}`), newestCommon: common(MIN, `${there}`) });
          expect(cellState(job('nas'), row, NOW_MS) === 'current').toBe(here === there);
        },
      ),
    );
  });
});

describe('the matrix', () => {
  it('has a row for each dataset and a column for each destination', () => {
    const status = daemon(
      job('nas', { safety: [safety('b'), safety('a')] }),
      job('blue', { safety: [safety('a', { destination: 'this machine:blue' })] }),
    );
    const matrix = matrixOf(status, NOW_MS);
    expect(matrix.destinations).toEqual(['root@nas:tank/backup', 'this machine:blue']);
    expect(matrix.rows.map(({ dataset: name }) => name)).toEqual(['a', 'b']);
    expect(matrix.rows[1]?.cells.map((cell) => cell?.job ?? null)).toEqual(['nas', null]);
    expect(countStates(matrix).current).toBe(3);
  });

  it('shows the fresher of two copies in one place', () => {
    const old = safety('a', { newestCommon: common(3 * DAY) });
    const status = daemon(job('one', { safety: [old] }), job('two', { safety: [safety('a')] }));
    expect(matrixOf(status, NOW_MS).rows[0]?.cells[0]?.job).toBe('two');
  });
});

describe('progress', () => {
  it('counts what an earlier session left there, and never shows all of a step before its end', () => {
    const half = stepProgress(step({ resumedFromBytes: 50, bytesExpected: 50, bytesReplicated: 0 }));
    expect(half).toMatchObject({ fraction: 0.5, resumedFraction: 0.5, doneBytes: 50, totalBytes: 100 });
    expect(stepProgress(step({ bytesExpected: 10, bytesReplicated: 12 })).fraction).toBeLessThan(1);
    expect(stepProgress(step({ bytesExpected: 10, bytesReplicated: 12, finishedAtMs: NOW_MS })).fraction).toBe(1);
  });

  it('says no part of what is not known', () => {
    const report = dataset('a', { steps: [step(), step({ bytesExpected: null })] });
    expect(datasetProgress(report)).toMatchObject({ fraction: null, totalBytes: null, remainingMs: null });
  });

  it('is of the whole attempt, which is not known while anything is planned', () => {
    const [attempt] = replicating([dataset('a'), dataset('b', { state: 'planning', steps: [] })])?.attempts ?? [];
    if (attempt === undefined) throw new Error('there is an attempt');
    expect(attemptProgress(attempt).fraction).toBeNull();
  });

  it('never leaves 0 to 1', () => {
    const bytes = fc.option(fc.double({ min: 0, max: 1e15, noNaN: true }), { nil: null });
    fc.assert(
      fc.property(fc.array(fc.tuple(bytes, bytes, bytes, fc.boolean()), { maxLength: 8 }), (all) => {
        const steps = all.map(([resumed, expected, done, over]) =>
          step({
            resumedFromBytes: resumed,
            bytesExpected: expected,
            bytesReplicated: done ?? 0,
            finishedAtMs: over ? 1 : null,
          }),
        );
        const { fraction, resumedFraction } = datasetProgress(dataset('a', { steps }));
        for (const part of [fraction ?? 0, resumedFraction ?? 0]) {
          expect(part).toBeGreaterThanOrEqual(0);
          expect(part).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe('what needs attention', () => {
  const busy = new ProblemError('busy', { name: 'x', host: 'nas' }).toProblem();

  it('tells one problem of many datasets once', () => {
    const failed = dataset('a', { problem: busy, state: 'step-error' });
    const status = daemon(job('nas', { replication: finished([failed, { ...failed, dataset: 'b' }], 'failed') }));
    const found = attentionOf(status);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ kind: 'failed', job: 'nas', datasets: ['a', 'b'] });
  });

  it('puts first what does not run at all', () => {
    const refusal = new ProblemError('job-unknown', { job: 'x' }).toProblem();
    const failed = finished([dataset('a', { problem: busy, state: 'step-error' })], 'failed');
    const status = daemon(job('one', { replication: failed }), job('two', { refusal }));
    expect(attentionOf(status).map(({ kind }) => kind)).toEqual(['refused', 'failed']);
  });

  it('is nothing where all is well', () => {
    expect(attentionOf(daemon(job('nas', { safety: [safety('a')] })))).toEqual([]);
  });
});

describe('evidence', () => {
  it('is a command for each side', () => {
    const { here, there } = evidenceCommands(safety("rpool/it's", { destination: 'root@nas:tank/backup' }));
    expect(here).toMatch(/'rpool\/it'\\''s'$/);
    expect(there).toMatch(/^ssh root@nas 'zfs list .* tank\/backup \| grep -w 1'$/);
  });

  it('needs no ssh for a drive', () => {
    const { there } = evidenceCommands(safety('a', { destination: 'this machine:blue/desk' }));
    expect(there).toMatch(/^zfs list .* blue\/desk \| grep -w 1$/);
    expect(placeName('this machine:blue/desk')).toBe('blue/desk');
  });
});

describe('routes', () => {
  it('come back as they went, whatever a job is called', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: 'grapheme' }),
        fc.constantFrom('live', 'datasets', 'history', 'plan'),
        (name, tab) => {
          const route = { page: 'job', job: name, tab } as const;
          expect(parseRoute(routeHash(route))).toEqual(route);
        },
      ),
    );
  });

  it('are the overview where nothing is understood', () => {
    for (const hash of ['', '#', '#/x', '#/job', '#/job/%E0%A4%A'])
      expect(parseRoute(hash)).toEqual({ page: 'overview' });
  });
});

describe('a timeline', () => {
  it('keeps its order and its ends', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 30 }), (names) => {
        const marks = timelineMarks(names.map((name) => ({ name, verdict: 'keep' as const })));
        marks.forEach(({ at }, index) => {
          expect(at).toBeGreaterThan(0);
          expect(at).toBeLessThan(1);
          expect(at).toBeGreaterThanOrEqual(marks[index - 1]?.at ?? 0);
        });
      }),
    );
  });

  it('goes by the times in the names', () => {
    const names = ['x_20260101_000000_000', 'x_20260101_010000_000', 'x_20260101_100000_000'];
    const marks = timelineMarks(names.map((name) => ({ name, verdict: 'keep' as const })));
    expect(marks[1]?.at).toBeLessThan(0.2);
  });
});

describe('names', () => {
  it('show what cannot be seen as its code point', () => {
    expect(visiblePieces('a\u202eb').map(({ text }) => text)).toEqual(['a', 'U+202E', 'b']);
  });

  it('leave no character behind that moves, hides or turns', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = visiblePieces(text)
          .map((piece) => piece.text)
          .join('');
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
  });
});

describe('keys in a grid', () => {
  it('never lead out of it', () => {
    const key = fc.constantFrom('ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageUp', 'PageDown');
    fc.assert(
      fc.property(
        fc.array(key),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        (keys, rows, columns, mirrored) => {
          let at = { row: 0, column: 0 };
          for (const one of keys) at = keyTarget(one, at, rows, columns, mirrored) ?? at;
          expect(at.row).toBeGreaterThanOrEqual(0);
          expect(at.row).toBeLessThan(rows);
          expect(at.column).toBeGreaterThanOrEqual(0);
          expect(at.column).toBeLessThan(columns);
        },
      ),
    );
  });

  it('go the way one reads', () => {
    expect(keyTarget('ArrowLeft', { row: 0, column: 0 }, 3, 2, true)).toEqual({ row: 0, column: 1 });
    expect(keyTarget('a', { row: 0, column: 0 }, 3, 2, false)).toBeNull();
  });
});

describe('pages of the history', () => {
  it('are one list, newest first, by the newest word on each run', () => {
    const [first, second] = someHistory();
    if (first === undefined || second === undefined) throw new Error('there are two');
    const merged = mergePages([second, { ...first, outcome: 'running' }], [first]);
    expect(merged.map(({ id, outcome }) => [id, outcome])).toEqual([
      [first.id, 'ok'],
      [second.id, 'ok'],
    ]);
  });
});
