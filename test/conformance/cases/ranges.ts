/** Several snapshots in one stream. See zfs-send(8), "-I". */
import type { Case } from '../case.ts';
import type { Fixture } from '../fixture.ts';
import { at, codeOf, prepare, receive, sendOf, snapshotNames, stateOf, tokenOf } from '../support.ts';

async function four({ source, target }: Fixture): Promise<void> {
  await prepare(source, 'a', '+1', '1', '+2', '2', '+2', '3', '+2', '4');
  await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
}

export const RANGES: readonly Case[] = [
  {
    name: 'all snapshots in between arrive',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await four(fixture);
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@4', 'a@1', { range: true }));
      expect((await stateOf(target, 'a')).snapshots).toEqual((await stateOf(source, 'a')).snapshots);
    },
  },
  {
    name: 'a range and single steps lead to the same',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await four(fixture);
      await receive(target, 'b', source.zfs, await sendOf(source, 'a@1'));
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@4', 'a@1', { range: true }));
      for (const [from, to] of ['12', '23', '34']) {
        await receive(target, 'b', source.zfs, await sendOf(source, `a@${to}`, `a@${from}`));
      }
      expect((await stateOf(target, 'b')).snapshots).toEqual((await stateOf(target, 'a')).snapshots);
    },
  },
  {
    name: 'snapshots of others in between arrive as well',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await prepare(source, 'a', '+1', '1', 'foreign', '+1', '2');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1', { range: true }));
      expect(await snapshotNames(target, 'a')).toEqual(['1', 'foreign', '2']);
    },
  },
  {
    name: 'a range of one step is that step',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await four(fixture);
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1', { range: true }));
      expect(await snapshotNames(target, 'a')).toEqual(['1', '2']);
    },
  },
  {
    name: 'what is there already of a range is passed over',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await four(fixture);
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1'));
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@4', 'a@1', { range: true }));
      expect(await snapshotNames(target, 'a')).toEqual(['1', '2', '3', '4']);
    },
  },
  {
    name: 'a range that is cut keeps the snapshots that arrived whole, and a token for the next',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await four(fixture);
      const request = await sendOf(source, 'a@4', 'a@1', { range: true });
      expect(await codeOf(receive(target, 'a', source.cutting(3), request))).toBe('receive-interrupted');
      const { snapshots, token } = await stateOf(target, 'a');
      const [, second, third] = (await stateOf(source, 'a')).snapshots;
      expect(snapshots.map(({ name }) => name)).toEqual(['1', '2']);
      expect(token).toMatchObject({ fromGuid: second?.guid, toGuid: third?.guid });
    },
  },
  {
    name: 'after a cut range the step in flight is resumed, and the rest follows',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await four(fixture);
      const range = await sendOf(source, 'a@4', 'a@1', { range: true });
      await codeOf(receive(target, 'a', source.cutting(3), range));
      const token = await tokenOf(target, 'a');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@3', 'a@2', { token }));
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@4', 'a@3', { range: true }));
      expect((await stateOf(target, 'a')).snapshots).toEqual((await stateOf(source, 'a')).snapshots);
    },
  },
  {
    name: 'a cut range without saving keeps the whole snapshots and nothing else',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await four(fixture);
      const request = await sendOf(source, 'a@4', 'a@1', { range: true });
      const cut = receive(target, 'a', source.cutting(3), request, { savePartial: false });
      expect(await codeOf(cut)).toBe('stream-truncated');
      expect(await stateOf(target, 'a')).toMatchObject({ token: null, snapshots: [{ name: '1' }, { name: '2' }] });
    },
  },
  {
    name: 'a range onto a changed copy is refused before anything arrives',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await four(fixture);
      await target.operator.append(at(target, 'a'), 1);
      const request = await sendOf(source, 'a@4', 'a@1', { range: true });
      expect(await codeOf(receive(target, 'a', source.zfs, request))).toBe('destination-modified');
      expect(await snapshotNames(target, 'a')).toEqual(['1']);
    },
  },
  {
    name: 'a foreign snapshot of a name in the range stops it there',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await four(fixture);
      await target.operator.snapshot(at(target, 'a@3'));
      const request = await sendOf(source, 'a@4', 'a@1', { range: true });
      expect(await codeOf(receive(target, 'a', source.zfs, request))).toBe('destination-name-taken');
      expect(await snapshotNames(target, 'a')).toEqual(['1', '3', '2']);
    },
  },
];
