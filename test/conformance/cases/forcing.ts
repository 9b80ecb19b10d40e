/** Receives with force: only ever onto placeholders. See zfs-receive(8), "-F". */
import { type Case, on } from '../case.ts';
import { at, codeOf, pathsOf, prepare, RAW, receive, sendOf, snapshotNames, stateOf, tokenOf } from '../support.ts';

const FORCE = { force: true };

export const FORCING: readonly Case[] = [
  {
    name: 'a placeholder is replaced, and keeps its guid and its local properties',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+2', '1');
      await target.zfs.createPlaceholder(at(target, 'a'), { encryption: 'inherit' });
      const before = await stateOf(target, 'a');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'), FORCE);
      const after = await stateOf(target, 'a');
      expect(after).toMatchObject({ guid: before.guid, properties: before.properties, snapshots: [{ name: '1' }] });
      expect(after.digest).toBe((await stateOf(source, 'a')).digest);
    },
  },
  {
    name: 'what lies below a placeholder stays',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+1', '1');
      await target.zfs.createPlaceholder(at(target, 'a'), { encryption: 'inherit' });
      await prepare(target, 'a/child', '+1', 'own');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'), FORCE);
      expect([await pathsOf(target), await snapshotNames(target, 'a/child')]).toEqual([['a', 'a/child'], ['own']]);
    },
  },
  {
    name: 'force where nothing stands is as none',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+1', '1');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'), FORCE);
      expect(await snapshotNames(target, 'a')).toEqual(['1']);
    },
  },
  {
    name: 'a dataset with snapshots is not replaced',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+1', '1');
      await prepare(target, 'a', '+1', 'own 1', 'own 2');
      const before = await target.observe();
      expect(await codeOf(receive(target, 'a', source.zfs, await sendOf(source, 'a@1'), FORCE))).toBe(
        'destination-has-snapshots',
      );
      expect(await target.observe()).toEqual(before);
    },
  },
  {
    name: 'an increment with force reaches no command',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+1', '1', '+1', '2');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
      await target.operator.snapshot(at(target, 'a@theirs'));
      const before = await target.observe();
      const work = receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1'), FORCE);
      expect(await codeOf(work)).toBe('internal');
      expect(await target.observe()).toEqual(before);
    },
  },
  {
    name: 'an encrypted dataset is not replaced by one in clear text',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+1', '1');
      await target.operator.create(at(target, 'a'), { passphrase: 'correct horse' });
      expect(await codeOf(receive(target, 'a', source.zfs, await sendOf(source, 'a@1'), FORCE))).toBe(
        'placeholder-cannot-be-replaced',
      );
      expect(await stateOf(target, 'a')).toMatchObject({ encryptionRoot: 'a', snapshots: [] });
    },
  },
  {
    name: 'a placeholder in clear text is not replaced by a raw stream',
    run: async ({ source, target }, expect) => {
      await source.operator.create(at(source, 'a'), { passphrase: 'correct horse' });
      await source.operator.snapshot(at(source, 'a@1'));
      await target.zfs.createPlaceholder(at(target, 'a'), { encryption: 'off' });
      const request = await sendOf(source, 'a@1', null, { flags: RAW });
      expect(await codeOf(receive(target, 'a', source.zfs, request, FORCE))).toBe('placeholder-cannot-be-replaced');
      expect(await stateOf(target, 'a')).toMatchObject({ encryptionRoot: null, snapshots: [] });
    },
  },
  {
    name: 'a clone is not replaced',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+1', '1');
      await prepare(target, 'own', '+1', '1');
      await target.operator.clone(at(target, 'own@1'), at(target, 'a'));
      const before = await target.observe();
      expect(await codeOf(receive(target, 'a', source.zfs, await sendOf(source, 'a@1'), FORCE))).toBe(
        'destination-exists',
      );
      expect(await target.observe()).toEqual(before);
    },
  },
  {
    name: 'a cut first stream onto a placeholder leaves it as it was, with a token',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+4', '1');
      await target.zfs.createPlaceholder(at(target, 'a'), { encryption: 'inherit' });
      const before = await stateOf(target, 'a');
      const cut = receive(target, 'a', source.cutting(2), await sendOf(source, 'a@1'), FORCE);
      expect(await codeOf(cut)).toBe('receive-interrupted');
      const after = await stateOf(target, 'a');
      expect(after).toMatchObject({ ...before, token: { fromGuid: null } });
    },
  },
  {
    name: 'it is resumed with force',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+4', '1');
      await target.zfs.createPlaceholder(at(target, 'a'), { encryption: 'inherit' });
      await codeOf(receive(target, 'a', source.cutting(2), await sendOf(source, 'a@1'), FORCE));
      const token = await tokenOf(target, 'a');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1', null, { token }), FORCE);
      expect((await stateOf(target, 'a')).digest).toBe((await stateOf(source, 'a')).digest);
    },
  },
  {
    name: 'resumed without force it fails: at once since 2.2, after the last byte before',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+4', '1');
      await target.zfs.createPlaceholder(at(target, 'a'), { encryption: 'inherit' });
      await codeOf(receive(target, 'a', source.cutting(2), await sendOf(source, 'a@1'), FORCE));
      const token = await tokenOf(target, 'a');
      const code = await codeOf(receive(target, 'a', source.zfs, await sendOf(source, 'a@1', null, { token })));
      expect(code).toBe(on(target, { '2.1': 'destination-modified', '2.3': 'resume-needs-force' }));
      expect(await stateOf(target, 'a')).toMatchObject({ snapshots: [], token: { fromGuid: null } });
    },
  },
  {
    name: 'aborting it gives the placeholder back',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+4', '1');
      await target.zfs.createPlaceholder(at(target, 'a'), { encryption: 'inherit' });
      await prepare(target, 'a/child', 'own');
      const before = await target.observe();
      await codeOf(receive(target, 'a', source.cutting(2), await sendOf(source, 'a@1'), FORCE));
      await target.zfs.abortReceive(at(target, 'a'));
      expect(await target.observe()).toEqual(before);
    },
  },
];
