import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advance,
  type PeriodicEvent,
  type PeriodicState,
  remainingMs,
  startPeriodic,
} from '../../../core/snapshotting/periodic.ts';
import { newestWithPrefix, type SyncInput, syncPoint } from '../../../core/snapshotting/sync-point.ts';

const MINUTE = 60_000;
const at = (hour: number, minute: number): number => Date.UTC(2024, 4, 14, hour, minute);
const NOW = at(12, 0);
const input = (dataset: string, newestMs: number | null): SyncInput => ({
  dataset,
  newest: newestMs === null ? null : { creationS: newestMs / 1000 },
});

describe('sync point', () => {
  it('is one interval after the newest snapshot of the most overdue dataset', () => {
    const inputs = [input('A', at(11, 55)), input('B', at(11, 52)), input('C', null)];
    expect(syncPoint(inputs, NOW, 10 * MINUTE)).toEqual({ kind: 'at', atMs: at(12, 2), waiting: ['C'], problems: [] });
  });

  it('is now when that lies in the past', () => {
    const inputs = [input('A', at(11, 55)), input('B', NOW - 3 * 24 * 60 * MINUTE), input('C', null)];
    expect(syncPoint(inputs, NOW, 10 * MINUTE)).toEqual({ kind: 'at', atMs: NOW, waiting: [], problems: [] });
  });

  it.each([[[]], [[input('A', null), input('B', null)]]])('is now where nothing gives a rhythm', (inputs) => {
    expect(syncPoint(inputs, NOW, 10 * MINUTE)).toEqual({ kind: 'at', atMs: NOW, waiting: [], problems: [] });
  });

  it('leaves out a dataset whose newest snapshot lies in the future', () => {
    const point = syncPoint([input('A', at(12, 5)), input('B', at(11, 58))], NOW, 10 * MINUTE);
    expect(point).toMatchObject({ kind: 'at', atMs: at(12, 8), problems: [{ dataset: 'A' }] });
    expect(point.problems[0]?.error.code).toBe('clock-jumped');
  });

  it('does not exist when all datasets lie in the future', () => {
    expect(syncPoint([input('A', at(12, 5))], NOW, 10 * MINUTE)).toMatchObject({
      kind: 'failed',
      problems: [{ dataset: 'A' }],
    });
    expect(syncPoint([input('A', at(12, 5)), input('B', null)], NOW, 10 * MINUTE)).toMatchObject({
      kind: 'at',
      atMs: NOW,
    });
  });

  it('does not mention a wait of a second', () => {
    expect(syncPoint([input('A', NOW - 10 * MINUTE + 1000), input('B', null)], NOW, 10 * MINUTE)).toMatchObject({
      atMs: NOW + 1000,
      waiting: [],
    });
  });

  it('lies between now and one interval from now, in any order of datasets', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.integer({ min: -100_000, max: 100_000 })), { maxLength: 8 }),
        fc.integer({ min: 1, max: 10_000_000 }),
        (ages, intervalMs) => {
          const inputs = ages.map((age, index) => input(`d${index}`, age === null ? null : NOW + age * 1000));
          const point = syncPoint(inputs, NOW, intervalMs);
          const reversed = syncPoint([...inputs].reverse(), NOW, intervalMs);
          expect(reversed.kind).toBe(point.kind);
          if (point.kind === 'failed' || reversed.kind === 'failed') return;
          expect(reversed.atMs).toBe(point.atMs);
          expect(point.atMs).toBeGreaterThanOrEqual(NOW);
          expect(point.atMs).toBeLessThanOrEqual(NOW + intervalMs);
        },
      ),
    );
  });
});

it('the newest snapshot is that of highest createtxg with the prefix, never a bookmark', () => {
  const version = (type: 'snapshot' | 'bookmark', name: string, createtxg: bigint) => ({
    type,
    name,
    guid: createtxg,
    createtxg,
  });
  const versions = [
    version('snapshot', 'p_1', 10n),
    version('snapshot', 'p_0', 12n),
    version('bookmark', 'p_9', 14n),
    version('snapshot', 'q_p_', 16n),
  ];
  expect(newestWithPrefix(versions, 'p_')?.name).toBe('p_0');
  expect(newestWithPrefix(versions, 'z')).toBeNull();
});

describe('state machine', () => {
  const L = NOW;
  const stateAfter = (...events: PeriodicEvent[]): PeriodicState =>
    events.reduce((state, event) => advance(state, event, 10 * MINUTE), startPeriodic(L));
  const due = { type: 'due', nowMs: L + 7 } as const;

  it.each<[string, PeriodicEvent[], PeriodicState]>([
    ['starts without a time', [], { name: 'sync-up', startedMs: L, wakeMs: null }],
    [
      'waits for the sync point',
      [{ type: 'sync-point', atMs: L + 5 }],
      { name: 'sync-up', startedMs: L, wakeMs: L + 5 },
    ],
    [
      'waits an interval without one',
      [{ type: 'failed' }],
      { name: 'sync-up-error', startedMs: L, wakeMs: L + 10 * MINUTE },
    ],
    ['never syncs again', [{ type: 'failed' }, due], { name: 'planning', startedMs: L + 7 }],
    [
      'waits from the start of planning',
      [{ type: 'sync-point', atMs: L + 5 }, due, { type: 'listed' }, { type: 'taken', anyError: false }],
      { name: 'waiting', startedMs: L + 7, wakeMs: L + 7 + 10 * MINUTE },
    ],
    [
      'tells trouble apart',
      [{ type: 'failed' }, due, { type: 'listed' }, { type: 'taken', anyError: true }],
      { name: 'error-wait', startedMs: L + 7, wakeMs: L + 7 + 10 * MINUTE },
    ],
    [
      'waits after a failed listing',
      [{ type: 'failed' }, due, { type: 'failed' }],
      { name: 'error-wait', startedMs: L + 7, wakeMs: L + 7 + 10 * MINUTE },
    ],
    ['stops', [{ type: 'stop' }], { name: 'stopped' }],
    ['stays stopped', [{ type: 'stop' }, due], { name: 'stopped' }],
  ])('%s', (_, events, expected) => {
    expect(stateAfter(...events)).toEqual(expected);
  });

  it.each<[PeriodicEvent[]]>([
    [[due]],
    [[{ type: 'listed' }]],
    [[{ type: 'taken', anyError: false }]],
    [[{ type: 'failed' }, { type: 'sync-point', atMs: 0 }]],
    [[{ type: 'failed' }, { type: 'failed' }]],
  ])('refuses what cannot happen', (events) => {
    expect(() => stateAfter(...events)).toThrow(expect.objectContaining({ code: 'internal' }));
  });
});

describe('remaining wait', () => {
  it.each([
    [NOW + 5, NOW, 5],
    [NOW, NOW, 0],
    [NOW - 5, NOW, -5],
    // Set back a little, as time servers do.
    [NOW + 11 * MINUTE, NOW, 11 * MINUTE],
    // Set back by a year: over at once.
    [NOW + 11 * MINUTE + 1, NOW, 0],
    [NOW, NOW - 365 * 24 * 60 * MINUTE, 0],
  ])('until %i at %i', (wakeMs, nowMs, expected) => {
    expect(remainingMs(wakeMs, nowMs, 10 * MINUTE)).toBe(expected);
  });
});
