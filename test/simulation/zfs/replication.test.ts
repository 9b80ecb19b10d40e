/** The engine's replication on simulated machines, killed at every effect and between blocks, and started again. */
import { describe, expect, it } from 'vitest';
import type { Guarantee } from '../../../core/api/status.ts';
import { compileFilter } from '../../../core/endpoint/filter.ts';
import { ZfsReceiver } from '../../../core/endpoint/receiver.ts';
import { listingRoots } from '../../../core/endpoint/roots.ts';
import { ZfsSender } from '../../../core/endpoint/sender.ts';
import { DEFAULT_RETRY_POLICY } from '../../../core/replication/retry.ts';
import { replicate } from '../../../core/replication/run.ts';
import { TidyMemory } from '../../../core/replication/tidy-memory.ts';
import { cursorName, lastReceivedHoldTag } from '../../../core/zfs/marks.ts';
import { prepare, stateOf } from '../../conformance/support.ts';
import { FakeClock } from '../../unit/doubles/fake-clock.ts';
import { GUARANTEES, PLAIN, policyOf } from '../../unit/replication/support.ts';
import { type SimFixture, simFixture } from '../fixture.ts';
import type { OnEffect } from './effects.ts';
import { createSimZfs } from './sim-zfs.ts';

const JOB = 'laptop';

class Crash extends Error {}

/** Dies at its `at`-th look at the effects, and answers nothing from then on. */
class Mortal {
  looks = 0;
  readonly #at: number;

  constructor(at: number) {
    this.#at = at;
  }

  readonly onEffect: OnEffect = () => {
    this.looks += 1;
    if (this.looks >= this.#at) throw new Crash();
    return undefined;
  };
}

/** One life of the engine: a run of one job. Its report does not matter where it was killed. */
async function live(
  { world, source, target, sourceMachine, targetMachine }: SimFixture,
  guarantee: Guarantee,
  mortal: Mortal,
) {
  const clock = new FakeClock();
  const { onEffect } = mortal;
  const here = createSimZfs({ world, machine: sourceMachine, onEffect });
  const there = createSimZfs({ world, machine: targetMachine, onEffect });
  const patterns = new Map([
    [`${source.root}<`, true],
    [source.root, false],
  ]);
  const common = { jobId: JOB, flags: PLAIN, ping: async () => undefined, onCleanupProblem: () => undefined };
  const endpoints = () => ({
    sender: new ZfsSender({
      ...common,
      zfs: here,
      filter: compileFilter(patterns),
      roots: listingRoots(patterns),
      encryptedOnly: false,
    }),
    receiver: new ZfsReceiver({
      ...common,
      zfs: there,
      root: { rootFs: target.root, clientIdentity: null },
      placeholderEncryption: 'inherit',
      properties: { inherit: [], override: new Map(), protective: true },
      mustBeEncrypted: false,
    }),
  });
  return clock
    .runUntil(
      replicate({
        endpoints,
        jobId: JOB,
        policy: policyOf({ guarantee }),
        concurrency: 1,
        retry: DEFAULT_RETRY_POLICY,
        memory: new TidyMemory(),
        clock,
        random: () => 0.5,
        signal: new AbortController().signal,
        onChange: () => undefined,
      }),
    )
    .catch(() => null);
}

/** Whether the source still has something with the guid of the newest snapshot of the copy. */
async function hasCommonBase({ source, target }: SimFixture): Promise<boolean> {
  const copy = (await target.observe()).find(({ path }) => path === `${source.root}/a`);
  const newest = copy?.snapshots.at(-1);
  const { snapshots, bookmarks } = await stateOf(source, 'a');
  return newest === undefined || [...snapshots, ...bookmarks].some(({ guid }) => guid === newest.guid);
}

async function begin(steps: readonly string[]): Promise<SimFixture> {
  const made = simFixture({ source: '2.3', target: '2.1', listing: 'direct' });
  await prepare(made.source, 'a', ...steps);
  return made;
}

const forever = () => new Mortal(Number.POSITIVE_INFINITY);

/** A beginning, and what is new after a first run that went well; null: there was none. */
const STORIES: Readonly<Record<string, readonly [readonly string[], readonly string[] | null]>> = {
  'a first stream': [['+3', '1'], null],
  'a range': [
    ['+1', '1'],
    ['+2', '2', '+2', '3', '+2', '4'],
  ],
};

describe.each(Object.entries(STORIES))('%s', (_, [before, after]) => {
  describe.each(GUARANTEES)('with %s', (guarantee) => {
    async function story(): Promise<SimFixture> {
      const made = await begin(before);
      if (after === null) return made;
      await live(made, guarantee, forever());
      for (const step of after) {
        if (step.startsWith('+')) await made.source.operator.append(`${made.source.root}/a`, Number(step.slice(1)));
        else await made.source.operator.snapshot(`${made.source.root}/a@${step}`);
      }
      return made;
    }

    it('killed anywhere, it goes on to the same end, and nothing is left over', async () => {
      const whole = forever();
      await live(await story(), guarantee, whole);
      expect(whole.looks).toBeGreaterThan(10);
      for (let at = 1; at <= whole.looks; at++) {
        const made = await story();
        const when = `killed at ${at}`;
        await live(made, guarantee, new Mortal(at));
        if (guarantee !== 'guarantee_nothing') expect(await hasCommonBase(made), when).toBe(true);
        await live(made, guarantee, forever());
        const { source, target } = made;
        const arrived = await stateOf(target, `${source.root}/a`);
        expect(arrived.snapshots.at(-1)?.guid, when).toBe((await stateOf(source, 'a')).snapshots.at(-1)?.guid);
        // What a finished step leaves behind goes with the next one.
        await source.operator.snapshot(`${source.root}/a@last`);
        await live(made, guarantee, forever());
        const [here, there] = [await stateOf(source, 'a'), await stateOf(target, `${source.root}/a`)];
        const newest = here.snapshots.at(-1);
        const isHeld = guarantee !== 'guarantee_nothing';
        expect(there.snapshots.at(-1), when).toMatchObject({
          name: 'last',
          guid: newest?.guid,
          digest: newest?.digest,
        });
        expect(there.token, when).toBeNull();
        const tags = there.snapshots.flatMap((snapshot) => snapshot.tags.map((tag) => `${snapshot.name} ${tag}`));
        expect(tags, when).toEqual(isHeld ? [`last ${lastReceivedHoldTag(JOB)}`] : []);
        expect(
          here.snapshots.flatMap((snapshot) => snapshot.tags),
          when,
        ).toEqual([]);
        const cursors = here.bookmarks.map(({ name }) => name);
        expect(cursors, when).toEqual(isHeld ? [cursorName(BigInt(newest?.guid ?? 0), JOB)] : []);
      }
    });
  });
});
