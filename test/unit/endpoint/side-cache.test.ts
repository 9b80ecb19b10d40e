import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ORIGIN_PROPERTY, SETTLED_MS, SideCache, TRUSTED_MS } from '../../../core/endpoint/side-cache.ts';
import type { DatasetFacts, Version } from '../../../core/zfs/types.ts';

const NEVER = () => false;

function fact(dataset: string, snapshotsChangedS: number | null, extra: Partial<DatasetFacts> = {}): DatasetFacts {
  return {
    dataset,
    guid: 7n,
    kind: 'filesystem',
    encrypted: false,
    encryptionRoot: null,
    keyLoaded: null,
    resumeToken: null,
    snapshotsChangedS,
    mounted: false,
    properties: new Map(),
    ...extra,
  };
}

function versions(count: number): readonly Version[] {
  return Array.from({ length: count }, (_, n) => ({
    type: 'snapshot',
    name: `s${n}`,
    guid: BigInt(n + 1),
    createtxg: BigInt(n + 1),
  }));
}

class Side {
  nowMs = 1_000_000;
  readonly cache: SideCache;

  constructor(versionsMax?: number) {
    const monotonicMs = () => this.nowMs;
    this.cache = new SideCache(versionsMax === undefined ? { monotonicMs } : { monotonicMs, versionsMax });
  }

  /** A survey that lists everything in no time. */
  survey(facts: readonly DatasetFacts[], count = 3): void {
    const listed = new Map(
      facts.map(({ dataset, guid }) => [dataset, { dataset, guid, versions: versions(count) }] as const),
    );
    this.cache.learn({ facts, listed, listingStartedMs: this.nowMs, factsSeenMs: this.nowMs }, NEVER);
  }

  /** Listed twice with enough time in between. */
  settle(...facts: readonly DatasetFacts[]): void {
    this.survey(facts);
    this.nowMs += SETTLED_MS;
    this.survey(facts);
  }

  recalls(one: DatasetFacts): boolean {
    return this.cache.recall(one, false) !== undefined;
  }
}

describe('what is remembered of a side', () => {
  it('counts once its value was seen two seconds before it was listed', () => {
    const side = new Side();
    side.survey([fact('p/a', 5)]);
    side.nowMs += SETTLED_MS - 1;
    expect(side.recalls(fact('p/a', 5))).toBe(false);
    side.survey([fact('p/a', 5)]);
    expect([side.recalls(fact('p/a', 5)), side.cache.isWorthAsking()]).toEqual([false, false]);
    side.nowMs += 1;
    side.survey([fact('p/a', 5)]);
    expect([side.recalls(fact('p/a', 5)), side.cache.isWorthAsking()]).toEqual([true, true]);
  });

  it('counts for nothing where the value is another one, or unknown, or zero', () => {
    const side = new Side();
    side.settle(fact('p/a', 5));
    expect(side.recalls(fact('p/a', 6))).toBe(false);
    expect(side.recalls(fact('p/a', null))).toBe(false);
    side.settle(fact('p/b', null), fact('p/c', 0, { guid: 8n }));
    expect(side.recalls(fact('p/b', null))).toBe(false);
    expect(side.recalls(fact('p/c', 0, { guid: 8n }))).toBe(false);
  });

  it('knows a stand-in that never had a snapshot', () => {
    const side = new Side();
    const standIn = fact('p/a', null);
    for (let n = 0; n < 2; n++) {
      const listed = new Map([['p/a', { dataset: 'p/a', guid: 7n, versions: [] }]]);
      const [listingStartedMs, factsSeenMs] = [side.nowMs, side.nowMs];
      side.cache.learn({ facts: [standIn], listed, listingStartedMs, factsSeenMs }, () => true);
      side.nowMs += SETTLED_MS;
    }
    expect(side.cache.recall(standIn, true)).toEqual([]);
    expect(side.cache.recall(standIn, false)).toBeUndefined();
    expect(side.cache.recall(fact('p/a', 9), true)).toBeUndefined();
  });

  it('follows a dataset to another name, but not to another pool, and not to another dataset of the name', () => {
    const side = new Side();
    side.settle(fact('p/a', 5));
    expect(side.recalls(fact('p/deep/b', 5))).toBe(true);
    expect(side.recalls(fact('q/a', 5))).toBe(false);
    expect(side.recalls(fact('p/a', 5, { guid: 8n }))).toBe(false);
  });

  it('does not outlive a promotion, which moves snapshots and leaves the value', () => {
    const side = new Side();
    const clone = fact('p/a', 5, { properties: new Map([[ORIGIN_PROPERTY, { value: 'p/b@x', source: 'none' }]]) });
    side.settle(clone);
    expect(side.recalls(clone)).toBe(true);
    expect(side.recalls(fact('p/a', 5))).toBe(false);
  });

  it('is not believed for longer than a day', () => {
    const side = new Side();
    side.settle(fact('p/a', 5));
    side.nowMs += TRUSTED_MS - 1;
    expect(side.recalls(fact('p/a', 5))).toBe(true);
    side.nowMs += 1;
    expect([side.recalls(fact('p/a', 5)), side.cache.isWorthAsking()]).toEqual([false, false]);
  });

  it('is given up where something happened, until a listing that began later', () => {
    const side = new Side();
    const facts = [fact('p/a', 5), fact('p/b', 5, { guid: 8n })];
    side.settle(...facts);
    side.nowMs += 10;
    side.cache.distrust({ dataset: 'p/a', guid: 7n });
    expect(facts.map((one) => side.recalls(one))).toEqual([false, true]);

    // A listing that was under way shows what was there before.
    const listed = new Map([['p/a', { dataset: 'p/a', guid: 7n, versions: versions(1) }]]);
    const factsSeenMs = side.nowMs;
    side.cache.learn({ facts, listed, listingStartedMs: side.nowMs - 5, factsSeenMs }, NEVER);
    expect(facts.map((one) => side.recalls(one))).toEqual([false, true]);

    side.nowMs += 1;
    side.survey(facts);
    expect(facts.map((one) => side.recalls(one))).toEqual([true, true]);
  });

  it('is the latest listing, also when an earlier one ends after it', () => {
    const side = new Side();
    const one = fact('p/a', 5);
    side.settle(one);
    const listed = new Map([['p/a', { dataset: 'p/a', guid: 7n, versions: versions(9) }]]);
    side.cache.learn({ facts: [one], listed, listingStartedMs: side.nowMs - 1, factsSeenMs: side.nowMs }, NEVER);
    expect(side.cache.recall(one, false)).toHaveLength(3);
  });

  it('is forgotten with a dataset that a survey did not see, and on demand', () => {
    const side = new Side();
    side.settle(fact('p/a', 5));
    side.survey([]);
    side.survey([fact('p/a', 5)]);
    expect(side.recalls(fact('p/a', 5))).toBe(false);
    side.settle(fact('p/a', 5));
    side.cache.clear();
    expect(side.recalls(fact('p/a', 5))).toBe(false);
  });

  it('is bounded', () => {
    const side = new Side(7);
    const facts = Array.from({ length: 5 }, (_, n) => fact(`p/${n}`, 5, { guid: BigInt(n) }));
    side.settle(...facts);
    expect(facts.map((one) => side.recalls(one))).toEqual([true, true, false, false, false]);
    // What must be listed anyway is most of it.
    expect(side.cache.isWorthAsking()).toBe(false);
  });

  it('never hides a second change, however close to the first and to the listing', () => {
    // A change, a survey, a second one, a change, a third one, in all distances that matter.
    let trusted = 0;
    const range = (count: number) => Array.from({ length: count }, (_, n) => n * 100);
    for (const changeMs of range(10)) {
      for (const firstMs of range(10)) {
        for (const secondMs of range(32)) {
          for (const againMs of range(11)) {
            const side = new Side();
            const seen = (atMs: number) => fact('p/a', Math.floor(atMs / 1000));
            const start = 1_000_000 + changeMs;
            side.nowMs = start + firstMs;
            side.survey([seen(start)], 1);
            side.nowMs += secondMs;
            side.survey([seen(start)], 1);
            const wasTrusted = side.recalls(seen(start));
            if (wasTrusted) trusted += 1;
            if (againMs > 0 && side.recalls(seen(side.nowMs + againMs))) {
              throw new Error(`hidden: ${[changeMs, firstMs, secondMs, againMs].join(' ')}`);
            }
          }
        }
      }
    }
    expect(trusted).toBeGreaterThan(1000);
  });

  it('never hides a change, whenever it happens', () => {
    // A coarse grid, so that changes and listings come close to each other and to the turn of a second.
    const tenthsMs = (max: number) => fc.nat({ max }).map((tenths) => tenths * 100);
    const latency = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: tenthsMs(10) });
    const step = fc.record({
      waitMs: fc.oneof(tenthsMs(9), tenthsMs(25)),
      listMs: latency,
      factsMs: latency,
      replyMs: latency,
    });
    let recalled = 0;
    fc.assert(
      fc.property(
        fc.array(tenthsMs(80), { maxLength: 15 }),
        fc.array(step, { minLength: 8, maxLength: 12 }),
        (times, steps) => {
          const changes = times.toSorted((a, b) => a - b);
          const truth = (atMs: number) => changes.filter((changeMs) => changeMs <= atMs).length;
          const factAt = (atMs: number) => {
            const last = changes.findLast((changeMs) => changeMs <= atMs);
            return fact('p/a', last === undefined ? null : 1_700_000_000 + Math.floor(last / 1000));
          };
          let nowMs = 0;
          const cache = new SideCache({ monotonicMs: () => nowMs });
          const listing = (count: number) =>
            new Map([['p/a', { dataset: 'p/a', guid: 7n, versions: versions(count) }]]);
          for (const { waitMs, listMs, factsMs, replyMs } of steps) {
            nowMs += waitMs;
            const startedMs = nowMs;
            const factsReadMs = startedMs + factsMs;
            const facts = [factAt(factsReadMs)];
            nowMs = factsReadMs + replyMs;
            const factsSeenMs = nowMs;
            const known = facts[0] === undefined ? undefined : cache.recall(facts[0], false);
            if (known !== undefined) {
              recalled += 1;
              expect(known).toHaveLength(truth(factsReadMs));
              cache.learn({ facts, listed: new Map(), listingStartedMs: nowMs, factsSeenMs }, NEVER);
            } else if (cache.isWorthAsking()) {
              nowMs += listMs;
              cache.learn({ facts, listed: listing(truth(nowMs)), listingStartedMs: factsSeenMs, factsSeenMs }, NEVER);
            } else {
              const listed = listing(truth(startedMs + listMs));
              nowMs = Math.max(nowMs, startedMs + listMs);
              cache.learn({ facts, listed, listingStartedMs: startedMs, factsSeenMs }, NEVER);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(recalled).toBeGreaterThan(100);
  });
});
