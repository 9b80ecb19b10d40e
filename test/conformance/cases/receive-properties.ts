/** Properties that a receive sets, keeps and refuses. See zfs-receive(8), "-o" and "-x". */
import type { Case } from '../case.ts';
import { at, codeOf, PLAIN, pathsOf, prepare, receive, sendOf, stateOf } from '../support.ts';

const WITH_PROPERTIES = { flags: { ...PLAIN, properties: true } };
const PROTECTIVE = [
  ['readonly', 'on'],
  ['canmount', 'noauto'],
  ['setuid', 'off'],
  ['exec', 'off'],
  ['devices', 'off'],
] as const;

export const RECEIVE_PROPERTIES: readonly Case[] = [
  {
    name: 'overridden properties are local on a new dataset',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '1');
      const request = await sendOf(source, 'a@1');
      await receive(target, 'a', source.zfs, request, { override: PROTECTIVE, inherit: ['mountpoint', 'sharenfs'] });
      expect((await stateOf(target, 'a')).properties).toEqual(
        Object.fromEntries(PROTECTIVE.map(([property, value]) => [property, [value, 'local']])),
      );
    },
  },
  {
    name: 'an increment sets them again',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+1', '1', '+1', '2');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'), { override: [['readonly', 'on']] });
      await target.operator.set(at(target, 'a'), 'readonly', 'off');
      const request = await sendOf(source, 'a@2', 'a@1');
      await receive(target, 'a', source.zfs, request, { override: [['readonly', 'on']] });
      expect((await stateOf(target, 'a')).properties.readonly).toEqual(['on', 'local']);
    },
  },
  {
    name: 'a volume refuses properties of filesystems',
    run: async ({ source, target }, expect) => {
      await source.operator.create(at(source, 'vol'), { kind: 'volume' });
      await source.operator.snapshot(at(source, 'vol@1'));
      const request = await sendOf(source, 'vol@1');
      const refused = receive(target, 'vol', source.zfs, request, { override: PROTECTIVE });
      expect(await codeOf(refused)).toBe('property-unsupported');
      expect(await pathsOf(target)).toEqual([]);
      await receive(target, 'vol', source.zfs, request, { override: [['readonly', 'on']] });
      expect((await stateOf(target, 'vol')).properties).toEqual({ readonly: ['on', 'local'] });
    },
  },
  {
    name: 'without -p no property travels',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '1');
      await source.operator.set(at(source, 'a'), 'user:word', 'x');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
      expect((await stateOf(target, 'a')).properties).toEqual({});
    },
  },
  {
    name: 'with -p local properties arrive as received',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '1');
      await source.operator.set(at(source, 'a'), 'user:word', 'x');
      await source.operator.set(at(source, 'a'), 'readonly', 'on');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1', null, WITH_PROPERTIES));
      expect((await stateOf(target, 'a')).properties).toMatchObject({
        'user:word': ['x', 'received'],
        readonly: ['on', 'received'],
      });
    },
  },
  {
    name: 'with -p an overridden property is local, whatever was sent',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '1');
      await source.operator.set(at(source, 'a'), 'user:word', 'sent');
      const request = await sendOf(source, 'a@1', null, WITH_PROPERTIES);
      await receive(target, 'a', source.zfs, request, { override: [['user:word', 'ours']] });
      expect((await stateOf(target, 'a')).properties['user:word']).toEqual(['ours', 'local']);
    },
  },
  {
    name: 'with -p an excluded property does not arrive',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '1');
      await source.operator.set(at(source, 'a'), 'user:word', 'sent');
      await source.operator.set(at(source, 'a'), 'user:other', 'sent');
      const request = await sendOf(source, 'a@1', null, WITH_PROPERTIES);
      await receive(target, 'a', source.zfs, request, { inherit: ['user:word'] });
      const { properties } = await stateOf(target, 'a');
      expect([properties['user:word'], properties['user:other']]).toEqual([undefined, ['sent', 'received']]);
    },
  },
  {
    name: 'a local value on the target hides what is received later',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+1', '1', '+1', '2');
      await source.operator.set(at(source, 'a'), 'user:word', 'sent');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1', null, WITH_PROPERTIES));
      await target.operator.set(at(target, 'a'), 'user:word', 'theirs');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1', WITH_PROPERTIES));
      expect((await stateOf(target, 'a')).properties['user:word']).toEqual(['theirs', 'local']);
    },
  },
  {
    name: 'properties of a broken first receive are there already',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+4', '1');
      const request = await sendOf(source, 'a@1');
      await codeOf(receive(target, 'a', source.cutting(2), request, { override: [['readonly', 'on']] }));
      expect((await stateOf(target, 'a')).properties.readonly).toEqual(['on', 'local']);
    },
  },
  ...(
    [
      ['-x', 'x'],
      ['user:word', 'a\nb'],
    ] as const
  ).map(
    ([property, value]): Case => ({
      name: `the override ${JSON.stringify(`${property}=${value}`)} reaches no command`,
      run: async ({ source, target }, expect) => {
        await prepare(source, 'a', '1');
        const request = await sendOf(source, 'a@1');
        const work = receive(target, 'a', source.zfs, request, { override: [[property, value]] });
        expect(await codeOf(work)).toBe('name-invalid');
        expect(await pathsOf(target)).toEqual([]);
      },
    }),
  ),
];
