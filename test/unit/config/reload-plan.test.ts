import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planReload } from '../../../core/config/reload-plan.ts';
import type { Config } from '../../../core/config/types.ts';
import { configOf } from './helper.ts';

interface Wish {
  readonly name: string;
  readonly kind: 'snap' | 'far' | 'near';
  readonly count: number;
  readonly disabled: boolean;
  /** What needs no restart. */
  readonly title: string;
  readonly maxKiB: number;
  readonly mains: boolean;
}

const wish = (name: string): fc.Arbitrary<Wish> =>
  fc.record({
    name: fc.constant(name),
    kind: fc.constantFrom('snap', 'far', 'near'),
    count: fc.integer({ min: 1, max: 3 }),
    disabled: fc.boolean(),
    title: fc.constantFrom('', 'Photos'),
    maxKiB: fc.integer({ min: 100, max: 102 }),
    mains: fc.boolean(),
  });
const wishes = fc
  .record({ a: wish('a'), b: wish('b'), c: wish('c'), d: wish('d') })
  .chain((all) => fc.shuffledSubarray(Object.values(all)));

function textOf({ name, kind, count, disabled, title, maxKiB, mains }: Wish): string {
  const keep = `[{type: last_n, count: ${count}}]`;
  const head = `{name: ${name}, title: "${title}", disabled: ${disabled}, filesystems: {"tank/${name}": true}, snapshotting: {type: manual}`;
  if (kind === 'snap') return `\n  - ${head}, type: snap, pruning: {keep: ${keep}}}`;
  const connect =
    kind === 'far'
      ? `{type: ssh, host: nas, user: root, identity_file: /k, known_hosts: /h, root_fs: backup/${name}}`
      : `{type: local, listener_name: here, client_identity: ${name}}`;
  return `
  - ${head}, type: push, connect: ${connect}, send: {bandwidth_limit: {max: ${maxKiB} KiB}},
     wait_for: [${mains ? 'mains' : ''}], pruning: {keep_sender: ${keep}, keep_receiver: ${keep}}}`;
}

function configWith(all: readonly Wish[], sinkRoot = 'backup/sink', global = ''): Config {
  const sink = `
  - {name: sink, type: sink, root_fs: ${sinkRoot}, serve: {type: local, listener_name: here}}`;
  return configOf(`${global}jobs:${sink}${all.map(textOf).join('')}\n`);
}

const restartNeeds = ({ kind, count, disabled }: Wish): string => JSON.stringify([kind, count, disabled]);

describe('which jobs another configuration touches', () => {
  it('names every job once, restarts those that differ in what they are made of, and no other', () => {
    fc.assert(
      fc.property(wishes, wishes, (before, after) => {
        const plan = planReload(configWith(before), configWith(after));
        const old = new Map(before.map((one) => [one.name, one]));
        const names = new Set(after.map(({ name }) => name));
        const same = (one: Wish): boolean => {
          const was = old.get(one.name);
          return was !== undefined && restartNeeds(was) === restartNeeds(one);
        };
        expect({ ...plan, kept: [...plan.kept].sort() }).toEqual({
          kept: ['sink', ...after.filter(same).map(({ name }) => name)].sort(),
          restarted: after.filter((one) => old.has(one.name) && !same(one)).map(({ name }) => name),
          added: after.filter(({ name }) => !old.has(name)).map(({ name }) => name),
          removed: before.filter(({ name }) => !names.has(name)).map(({ name }) => name),
          everything: false,
        });
      }),
    );
  });

  const near = { name: 'a', kind: 'near', count: 1, disabled: false, title: '', maxKiB: 100, mains: false } as const;
  const far = { ...near, name: 'b', kind: 'far' } as const;

  it('restarts whoever sends into a sink with the sink', () => {
    const plan = planReload(configWith([near, far]), configWith([near, far], 'backup/other'));
    expect(plan).toMatchObject({ kept: ['b'], restarted: ['sink', 'a'], everything: false });
  });

  it('compares the drives of a job by their pools', () => {
    const drives = (guid: string) =>
      configOf(`jobs:
  - {name: d, type: push, connect: {type: drive, drives: [{name: blue, pool: blue, pool_guid: "${guid}", root_fs: blue/copies}]},
     filesystems: {"tank/a": true}, snapshotting: {type: manual}, pruning: {keep_sender: [{type: last_n, count: 1}], keep_receiver: [{type: last_n, count: 1}]}}
`);
    expect(planReload(drives('18446744073709551615'), drives('18446744073709551615')).kept).toEqual(['d']);
    expect(planReload(drives('18446744073709551615'), drives('18446744073709551614')).restarted).toEqual(['d']);
  });

  it('begins everything anew where the daemon itself is another one', () => {
    const global = 'global: {logging: [{type: stdout, level: debug, format: json}]}\n';
    expect(planReload(configWith([far]), configWith([far], 'backup/sink', global)).everything).toBe(true);
    expect(planReload(configWith([far]), configWith([far])).everything).toBe(false);
  });
});
