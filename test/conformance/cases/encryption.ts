/** Encrypted datasets, raw and plain streams. See zfs-send(8), "-w", and zfs-receive(8), "Encryption". */
import { type Case, on } from '../case.ts';
import type { Fixture, Place } from '../fixture.ts';
import { at, codeOf, PLAIN, pathsOf, prepare, RAW, receive, sendOf, snapshotNames, stateOf } from '../support.ts';

const WORD = 'correct horse';
const OTHER = 'battery staple';
const RAW_OPTIONS = { flags: RAW };

async function secret(place: Place, path = 'a', ...steps: readonly string[]): Promise<void> {
  await place.operator.create(at(place, path), { passphrase: WORD });
  for (const step of steps) {
    if (step.startsWith('+')) await place.operator.append(at(place, path), Number(step.slice(1)));
    else await place.operator.snapshot(at(place, `${path}@${step}`));
  }
}

/** A first raw snapshot on both sides, and two more on the source. */
async function rawChain({ source, target }: Fixture): Promise<void> {
  await secret(source, 'a', '+1', '1', '+1', '2', '+1', '3');
  await receive(target, 'a', source.zfs, await sendOf(source, 'a@1', null, RAW_OPTIONS));
}

export const ENCRYPTION: readonly Case[] = [
  {
    name: 'an encrypted dataset says so, with its root and its key',
    run: async ({ source }, expect) => {
      await secret(source);
      await prepare(source, 'a/b');
      const facts = await source.zfs.listDatasets([at(source, 'a')], { recursive: true, properties: [] });
      const expected = { encrypted: true, encryptionRoot: at(source, 'a'), keyLoaded: true };
      expect(facts).toMatchObject([expected, expected]);
      await source.operator.unloadKey(at(source, 'a'));
      const [later] = await source.zfs.listDatasets([at(source, 'a')], { recursive: false, properties: [] });
      expect(later?.keyLoaded).toBe(false);
    },
  },
  {
    name: 'a raw stream arrives as a root of its own, without its key',
    run: async (fixture, expect) => {
      await rawChain(fixture);
      expect(await stateOf(fixture.target, 'a')).toMatchObject({ encryptionRoot: 'a', keyLoaded: false, digest: null });
    },
  },
  {
    name: 'with the passphrase of the source a raw copy can be read',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await rawChain(fixture);
      await target.operator.loadKey(at(target, 'a'), WORD);
      expect((await stateOf(target, 'a')).digest).toBe((await stateOf(source, 'a')).snapshots[0]?.digest);
    },
  },
  {
    name: 'a raw increment needs no key on either side',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await rawChain(fixture);
      await source.operator.unloadKey(at(source, 'a'));
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1', RAW_OPTIONS));
      expect(await snapshotNames(target, 'a')).toEqual(['1', '2']);
    },
  },
  {
    name: 'a raw range arrives',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await rawChain(fixture);
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@3', 'a@1', { ...RAW_OPTIONS, range: true }));
      expect(await snapshotNames(target, 'a')).toEqual(['1', '2', '3']);
    },
  },
  {
    name: 'a raw increment from a bookmark arrives',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await rawChain(fixture);
      await source.operator.bookmark(at(source, 'a@1'), 'mark');
      await source.operator.destroySnapshot(at(source, 'a@1'));
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a#mark', RAW_OPTIONS));
      expect(await snapshotNames(target, 'a')).toEqual(['1', '2']);
    },
  },
  {
    name: 'a foreign snapshot without changes stops a raw increment',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await rawChain(fixture);
      await target.operator.snapshot(at(target, 'a@theirs'));
      const request = await sendOf(source, 'a@2', 'a@1', RAW_OPTIONS);
      expect(await codeOf(receive(target, 'a', source.zfs, request))).toBe('destination-modified');
      expect(await snapshotNames(target, 'a')).toEqual(['1', 'theirs']);
    },
  },
  {
    name: 'a plain send of an encrypted dataset needs its key',
    run: async ({ source, target }, expect) => {
      await secret(source, 'a', '+1', '1');
      const request = await sendOf(source, 'a@1');
      await source.operator.unloadKey(at(source, 'a'));
      expect(await codeOf(receive(target, 'a', source.zfs, request))).toBe('key-not-loaded');
      expect(await pathsOf(target)).toEqual([]);
    },
  },
  {
    name: 'a plain send of an encrypted dataset arrives in clear text',
    run: async ({ source, target }, expect) => {
      await secret(source, 'a', '+1', '1');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
      const state = await stateOf(target, 'a');
      expect([state.encryptionRoot, state.digest]).toEqual([null, (await stateOf(source, 'a')).digest]);
    },
  },
  {
    name: 'a plain stream below an encrypted dataset is encrypted with its key',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+1', '1');
      await secret(target, 'vault');
      await receive(target, 'vault/a', source.zfs, await sendOf(source, 'a@1'));
      const state = await stateOf(target, 'vault/a');
      expect([state.encryptionRoot, state.digest]).toEqual(['vault', (await stateOf(source, 'a')).digest]);
    },
  },
  {
    name: 'a plain increment below an encrypted dataset arrives while the key is there',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+1', '1', '+1', '2', '+1', '3');
      await secret(target, 'vault');
      await receive(target, 'vault/a', source.zfs, await sendOf(source, 'a@1'));
      await receive(target, 'vault/a', source.zfs, await sendOf(source, 'a@2', 'a@1'));
      await target.operator.unloadKey(at(target, 'vault'));
      const last = await sendOf(source, 'a@3', 'a@2');
      expect(await codeOf(receive(target, 'vault/a', source.zfs, last))).toBe('key-not-loaded');
      await target.operator.loadKey(at(target, 'vault'), WORD);
      await receive(target, 'vault/a', source.zfs, last);
      expect(await snapshotNames(target, 'vault/a')).toEqual(['1', '2', '3']);
    },
  },
  {
    name: 'a plain first stream below an encrypted dataset without its key is refused',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+1', '1');
      await secret(target, 'vault');
      await target.operator.unloadKey(at(target, 'vault'));
      expect(await codeOf(receive(target, 'vault/a', source.zfs, await sendOf(source, 'a@1')))).toBe('key-not-loaded');
      expect(await pathsOf(target)).toEqual(['vault']);
    },
  },
  {
    name: 'embedded data are not received below an encrypted dataset, and 2.1 blames the kernel where state is kept',
    run: async ({ source, target }, expect) => {
      await prepare(source, 'a', '+1', '1');
      await secret(target, 'vault');
      const request = await sendOf(source, 'a@1', null, { flags: { ...PLAIN, embeddedData: true } });
      const codeWith = (savePartial: boolean) =>
        codeOf(receive(target, 'vault/a', source.zfs, request, { savePartial }));
      expect(await codeWith(false)).toBe('encryption-mismatch');
      expect(await codeWith(true)).toBe(on(target, { '2.1': 'feature-mismatch', '2.3': 'encryption-mismatch' }));
      expect(await pathsOf(target)).toEqual(['vault']);
    },
  },
  {
    name: 'a raw first stream below an encrypted dataset needs no key there',
    run: async ({ source, target }, expect) => {
      await secret(source, 'a', '+1', '1');
      await secret(target, 'vault');
      await target.operator.unloadKey(at(target, 'vault'));
      await receive(target, 'vault/a', source.zfs, await sendOf(source, 'a@1', null, RAW_OPTIONS));
      expect((await stateOf(target, 'vault/a')).encryptionRoot).toBe('vault/a');
    },
  },
  {
    name: 'a raw increment onto a copy in clear text is refused',
    run: async ({ source, target }, expect) => {
      await secret(source, 'a', '+1', '1', '+1', '2');
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1'));
      const request = await sendOf(source, 'a@2', 'a@1', RAW_OPTIONS);
      expect(await codeOf(receive(target, 'a', source.zfs, request))).toBe('encryption-mismatch');
      expect(await snapshotNames(target, 'a')).toEqual(['1']);
    },
  },
  {
    name: 'a plain increment onto a raw copy without its key is refused',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await rawChain(fixture);
      const request = await sendOf(source, 'a@2', 'a@1');
      expect(await codeOf(receive(target, 'a', source.zfs, request))).toBe('key-not-loaded');
    },
  },
  {
    name: 'a plain increment onto a raw copy with its key breaks the chain for the next raw one',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await rawChain(fixture);
      await target.operator.loadKey(at(target, 'a'), WORD);
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1'));
      const request = await sendOf(source, 'a@3', 'a@2', RAW_OPTIONS);
      expect(await codeOf(receive(target, 'a', source.zfs, request))).toBe('encryption-mismatch');
      expect(await snapshotNames(target, 'a')).toEqual(['1', '2']);
    },
  },
  {
    name: 'a raw increment of another dataset is refused by its key',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await rawChain(fixture);
      await secret(source, 'b', '+1', '1', '2');
      const request = await sendOf(source, 'b@2', 'b@1', RAW_OPTIONS);
      expect(await codeOf(receive(target, 'a', source.zfs, request))).toBe('source-mismatch');
    },
  },
  {
    name: 'children that were sent raw one by one are roots of their own',
    run: async ({ source, target }, expect) => {
      await secret(source, 'a', '1');
      await prepare(source, 'a/b', '+1', '1');
      for (const path of ['a', 'a/b']) {
        await receive(target, path, source.zfs, await sendOf(source, `${path}@1`, null, RAW_OPTIONS));
      }
      expect((await target.observe()).map(({ encryptionRoot }) => encryptionRoot)).toEqual([null, 'a', 'a/b']);
    },
  },
  {
    name: 'after the key was changed at the source, a raw increment brings the new one',
    run: async (fixture, expect) => {
      const { source, target } = fixture;
      await rawChain(fixture);
      await source.operator.changeKey(at(source, 'a'), OTHER);
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@2', 'a@1', RAW_OPTIONS));
      await expect(target.operator.loadKey(at(target, 'a'), WORD)).rejects.toThrow();
      await target.operator.loadKey(at(target, 'a'), OTHER);
      expect((await stateOf(target, 'a')).digest).toBe((await stateOf(source, 'a')).snapshots[1]?.digest);
    },
  },
  {
    name: 'the salt of the key is the same on both sides until the key is changed',
    run: async ({ source, target }, expect) => {
      await source.operator.create(at(source, 'a'), { passphrase: WORD, isSalted: true });
      await source.operator.snapshot(at(source, 'a@1'));
      await receive(target, 'a', source.zfs, await sendOf(source, 'a@1', null, RAW_OPTIONS));
      const saltOf = async (place: Place) =>
        (await place.zfs.getProperties(at(place, 'a'), ['pbkdf2salt', 'keyformat'])).get('pbkdf2salt')?.value;
      const before = await saltOf(source);
      expect([typeof before, await saltOf(target)]).toEqual(['string', before]);
      await source.operator.changeKey(at(source, 'a'), OTHER);
      expect(await saltOf(source)).not.toBe(before);
    },
  },
  {
    name: 'a broken raw stream leaves a token that says raw, and goes on',
    run: async ({ source, target }, expect) => {
      await secret(source, 'a', '+4', '1');
      const request = await sendOf(source, 'a@1', null, RAW_OPTIONS);
      expect(await codeOf(receive(target, 'a', source.cutting(2), request))).toBe('receive-interrupted');
      expect((await stateOf(target, 'a')).token).toMatchObject({ fromGuid: null, raw: true });
      const [facts] = await target.zfs.listDatasets([at(target, 'a')], { recursive: false, properties: [] });
      const resumed = { ...request, resumeToken: facts?.resumeToken ?? '' };
      await receive(target, 'a', source.zfs, resumed);
      await target.operator.loadKey(at(target, 'a'), WORD);
      expect((await stateOf(target, 'a')).digest).toBe((await stateOf(source, 'a')).digest);
    },
  },
  {
    name: 'properties of an encrypted dataset travel only with a raw stream',
    run: async ({ source, target }, expect) => {
      await secret(source, 'a', '1');
      const plain = await sendOf(source, 'a@1', null, { flags: { ...RAW, raw: false, properties: true } });
      expect(await codeOf(receive(target, 'a', source.zfs, plain))).not.toBe('ok');
      const raw = await sendOf(source, 'a@1', null, { flags: { ...RAW, properties: true } });
      await receive(target, 'a', source.zfs, raw);
      expect(await snapshotNames(target, 'a')).toEqual(['1']);
    },
  },
];
