/** What was said before there was a job, and what the job then does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DestinationLook, destinationLookReply, type FirstRun } from '../../../core/api/destination.ts';
import { editsOf } from '../../../core/api/wizard/jobs.ts';
import { partsOf } from '../../../core/api/wizard/parts.ts';
import { applyEdits } from '../../../core/config/edit.ts';
import { look } from '../../../core/job/look.ts';
import { placeholderArgs, snapshotArgs } from '../../../core/zfs/change-args.ts';
import { receiveArgs, sendArgs } from '../../../core/zfs/flags.ts';
import { draftOf } from '../api/wizard/support.ts';
import { type MemoryZfs, MODERN } from '../doubles/memory-zfs.ts';
import { codes, House } from './support.ts';

const ROOT = 'backup/root';

interface Lay {
  /** Snapshots of the dataset here, in order. */
  readonly here: readonly string[];
  /** What lies where the copy belongs: nothing, a stand-in, or snapshots, of which some may be unknown here. */
  readonly there: 'nothing' | 'stand-in' | readonly string[];
  readonly encrypted: boolean;
}

function lay(house: House, dataset: string, identity: string, { here, there, encrypted }: Lay): void {
  if (!house.laptop.datasets.has(dataset)) house.laptop.addDataset(dataset, encrypted ? { encryption: 'root' } : {});
  for (const name of here) house.laptop.addSnapshot(dataset, name);
  if (there === 'nothing') return;
  const copy = `${ROOT}/${identity}/${dataset}`;
  withParents(house.nas, copy);
  if (there === 'stand-in') {
    void house.nas.setProperties(copy, [['zrepl:placeholder', 'on']]);
    return;
  }
  for (const name of there) {
    const guid = house.laptop.datasets.get(dataset)?.snapshots.find((snapshot) => snapshot.name === name)?.guid;
    house.nas.addSnapshot(copy, name, guid === undefined ? {} : { guid });
  }
}

function withParents(zfs: MemoryZfs, dataset: string): void {
  const parts = dataset.split('/');
  for (let length = 1; length <= parts.length; length += 1) {
    const name = parts.slice(0, length).join('/');
    if (!zfs.datasets.has(name)) zfs.addDataset(name);
  }
}

/** Looks, sets the jobs up, runs each once, and gives what was said and what came of it. */
async function setUp(house: House, datasets: readonly string[], identity = 'desk') {
  const known = [...house.laptop.datasets.values()].map(({ name, encrypted }) => ({ name, encrypted }));
  const draft = draftOf({
    chosen: datasets.map((dataset) => ({ dataset, below: false })),
    destination: { rootFs: ROOT, clientIdentity: identity },
    intervalS: 366 * 86_400,
  });
  const said: DestinationLook['datasets'] = [];
  const text = applyEdits('', editsOf(draft, known)).replace(/^jobs:/, '');
  const problems: string[] = [];
  const runs: FirstRun[] = [];
  for (const part of partsOf(draft, known)) {
    const where = { rootFs: ROOT, clientIdentity: part.clientIdentity, datasets: [...part.datasets] };
    const found = await look(
      { local: house.laptop, remote: house.nas, nowMs: house.clock.nowMs() },
      { ...where, encryptedAs: 'raw', sudo: false },
      house.signal,
    );
    said.push(...found.datasets);
    runs.push(...(found.firstRuns ?? []));
    const job = house.start(text, part.name);
    problems.push(...codes(await house.run(job, true)));
  }
  return { said, problems, runs };
}

/** What is asked of zfs, as the words of its commands. */
function listen(zfs: MemoryZfs, words: string[][]): void {
  const { snapshot, createPlaceholder, prepareSend, receive } = zfs;
  const told = (...args: readonly string[]): void => void words.push(['zfs', ...args]);
  zfs.snapshot = (targets, ctx) => {
    told(...snapshotArgs(targets.map(({ dataset, name }) => `${dataset}@${name}`)));
    return snapshot.call(zfs, targets, ctx);
  };
  zfs.createPlaceholder = (dataset, options, ctx) => {
    told(...placeholderArgs(dataset, options.encryption, MODERN));
    return createPlaceholder.call(zfs, dataset, options, ctx);
  };
  zfs.prepareSend = (request) => {
    told(...sendArgs(request, 'run'));
    return prepareSend.call(zfs, request);
  };
  zfs.receive = (request, stream, options) => {
    told(...receiveArgs(request));
    return receive.call(zfs, request, stream, options);
  };
}

describe('the commands that are told before', () => {
  const cases: readonly (readonly [string, Lay, Lay])[] = [
    [
      'nothing is there',
      { here: [], there: 'nothing', encrypted: false },
      { here: ['a'], there: 'nothing', encrypted: false },
    ],
    [
      'encrypted data',
      { here: ['a'], there: 'nothing', encrypted: true },
      { here: ['a'], there: ['a'], encrypted: true },
    ],
    [
      'a stand-in',
      { here: ['a'], there: 'stand-in', encrypted: false },
      { here: ['a', 'b'], there: ['a'], encrypted: false },
    ],
    [
      'both kinds',
      { here: ['a'], there: 'nothing', encrypted: true },
      { here: [], there: 'nothing', encrypted: false },
    ],
  ];

  it.each(cases)('are those that the first run starts: %s', async (_, one, two) => {
    const house = new House();
    lay(house, 'tank/one', 'desk', one);
    lay(house, 'tank/two', 'desk', two);
    const [here, there]: [string[][], string[][]] = [[], []];
    listen(house.laptop, here);
    listen(house.nas, there);
    const { runs } = await setUp(house, ['tank/one', 'tank/two']);
    await house.stop();
    expect(runs).toHaveLength(one.encrypted === two.encrypted ? 1 : 2);
    for (const { commands } of runs) {
      expect(commands.map(({ does }) => does)).toEqual(expect.arrayContaining(['snapshot', 'send', 'receive']));
      for (const { on, argv } of commands) expect(on === 'here' ? here : there).toContainEqual(argv);
    }
  });

  it('run through sudo there, where the draft says so', async () => {
    const house = new House();
    lay(house, 'tank/one', 'desk', { here: ['a'], there: 'nothing', encrypted: false });
    const where = { rootFs: ROOT, clientIdentity: 'desk', datasets: ['tank/one'], encryptedAs: 'raw' as const };
    const parts = { local: house.laptop, remote: house.nas, nowMs: house.clock.nowMs() };
    const { firstRuns } = await look(parts, { ...where, sudo: true }, house.signal);
    const [run] = destinationLookReply.shape.firstRuns.parse(firstRuns) ?? [];
    expect(run?.commands.map(({ does, on }) => [does, on])).toEqual([
      ['snapshot', 'here'],
      ['stand-in', 'there'],
      ['stand-in', 'there'],
      ['send', 'here'],
      ['receive', 'there'],
    ]);
    for (const { on, argv } of run?.commands ?? [])
      expect(argv.slice(0, 4)).toEqual(on === 'there' ? ['sudo', '-n', '--', 'zfs'] : expect.arrayContaining(['zfs']));
  });

  it('name a few of many datasets, and say how many more', async () => {
    const house = new House();
    const datasets = Array.from({ length: 30 }, (_, index) => `tank/many-${index}`);
    for (const dataset of datasets) house.laptop.addDataset(dataset);
    const where = { rootFs: ROOT, clientIdentity: 'desk', datasets, encryptedAs: 'raw' as const, sudo: false };
    const parts = { local: house.laptop, remote: house.nas, nowMs: house.clock.nowMs() };
    const { firstRuns = [] } = await look(parts, where, house.signal);
    expect(firstRuns).toMatchObject([{ others: 29, commands: [{ does: 'snapshot', more: 22 }, {}, {}, {}, {}] }]);
  });
});

describe('a draft that became a job', () => {
  it('sends what is new, takes over what is there, and leaves alone what it said it could not use', async () => {
    const lays = fc.record({
      here: fc.constantFrom<readonly string[]>([], ['a'], ['a', 'b']),
      there: fc.constantFrom<Lay['there']>('nothing', 'stand-in', ['a'], ['a', 'x'], ['x']),
      encrypted: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(lays, lays, async (one, two) => {
        const house = new House();
        const placed = { 'tank/one': one, 'tank/two': two };
        for (const [dataset, laid] of Object.entries(placed)) {
          // A mixed pair goes to two places; what lies there is laid where each half looks.
          const mixed = one.encrypted !== two.encrypted;
          lay(house, dataset, mixed && !laid.encrypted ? 'desk-plain' : 'desk', laid);
        }
        const { said, problems } = await setUp(house, Object.keys(placed));
        for (const { dataset, copy, state, problem } of said) {
          const newest = house.laptop.datasets.get(dataset)?.snapshots.at(-1);
          const arrived = house.nas.datasets.get(copy)?.snapshots.some(({ guid }) => guid === newest?.guid) === true;
          expect([dataset, state, arrived]).toEqual([dataset, state, state !== 'unusable']);
          if (state === 'unusable') expect(problems).toContain(problem?.code);
          const laid = placed[dataset as keyof typeof placed];
          if (state === 'common') expect(house.nas.snapshotNames(copy)).toContain('a');
          if (Array.isArray(laid.there) && laid.there.includes('x')) expect(state).toBe('unusable');
        }
        if (said.every(({ state }) => state !== 'unusable')) expect(problems).toEqual([]);
        await house.stop();
      }),
      { numRuns: 60 },
    );
  });
});
