/** Receives that zfs refuses, with force and without, and what its words are taken for. */
import { describe, expect, test } from 'vitest';
import { partialSends } from '../platform/support/hosts.ts';
import { usePlatform } from '../platform/support/platform.ts';
import { namesOf, onDisk } from '../platform/support/state.ts';
import { codeOf } from './support/outcome.ts';
import { receiveInto, sendOf } from './support/requests.ts';

const platform = usePlatform('receive', 'nas', { sizeMiB: 256 });

describe('force', () => {
  test('platform 13: a stream in clear text never replaces an encrypted dataset', async () => {
    const { zfs } = platform();
    const { source, guest, root, sh } = await platform().world(
      '13 f',
      `zfs snapshot "$S@1"; key="/root/key 13"; head -c 32 /dev/urandom > "$key"
zfs create -o encryption=on -o keyformat=raw -o keylocation="file://$key" "$R/secret"`,
    );
    const stream = zfs.prepareSend(sendOf(source, await onDisk(guest, source), '1'));
    const request = receiveInto(`${root}/secret`, '1', { force: true, savePartial: false });
    await expect(zfs.receive(request, stream)).rejects.toMatchObject({ code: 'placeholder-cannot-be-replaced' });
    const [facts] = await zfs.listDatasets([`${root}/secret`], { recursive: false, properties: [] });
    expect(facts).toMatchObject({ encrypted: true, keyLoaded: true });
    expect(namesOf(await onDisk(guest, `${root}/secret`))).toEqual([]);
    await sh('rm "/root/key 13"');
  });

  test('platform 14: snapshots of the receiver survive a forced receive, which is refused', async () => {
    const { zfs } = platform();
    const { source, guest, root, sh } = await platform().world(
      '14 f',
      `zfs snapshot "$S@1"; zfs snapshot "$S@2"; zfs create "$R/t"
for n in 1 2 3; do echo $n > "/mnt/$R/t/file"; zfs snapshot "$R/t@own $n"; done`,
    );
    const target = `${root}/t`;
    const before = await onDisk(guest, target);
    const state = await onDisk(guest, source);
    const forced = receiveInto(target, '2', { force: true });
    await expect(zfs.receive(forced, zfs.prepareSend(sendOf(source, state, '2')))).rejects.toMatchObject({
      code: 'destination-has-snapshots',
      facts: { name: target },
    });
    // On an increment, zfs itself would roll back whatever is newer.
    await expect(zfs.receive(forced, zfs.prepareSend(sendOf(source, state, '2', '1')))).rejects.toMatchObject({
      code: 'internal',
    });
    expect(await onDisk(guest, target)).toEqual(before);
    expect(namesOf(before)).toEqual(['own 1', 'own 2', 'own 3']);
    expect(await sh('cat "/mnt/$R/t/file"')).toBe('3\n');
  });
});

test('what zfs says about a destination that does not fit is told apart', async () => {
  const { zfs, zfsOver, host } = platform();
  const { source, guest, root, sh } = await platform().world(
    'words',
    'zfs snapshot "$S@1"; zfs snapshot "$S@2"; fill "$S" data 2; zfs snapshot "$S@3"',
  );
  const state = await onDisk(guest, source);
  const target = `${root}/t`;
  const outcomeOf = async (to: string, from?: string, sender = zfs, resumeToken?: string): Promise<string> => {
    const send = { ...sendOf(source, state, to, from), ...(resumeToken === undefined ? {} : { resumeToken }) };
    return codeOf(zfs.receive(receiveInto(target, to), sender.prepareSend(send)));
  };
  expect(await outcomeOf('2', '1'), 'an increment for nothing').toBe('not-found');
  expect(await outcomeOf('1')).toBe('no problem');
  expect(await outcomeOf('1'), 'a first stream again').toBe('destination-exists');
  expect(await outcomeOf('3', '2'), 'an increment on a base that is not there').toBe('source-mismatch');
  expect(await outcomeOf('2', '3'), 'a base that is newer').toBe('send-source-gone');
  expect(await outcomeOf('2', '1')).toBe('no problem');

  await sh('zfs mount "$R/t"; echo changed > "/mnt/$R/t/file"; zfs umount "$R/t"');
  expect(await outcomeOf('3', '2'), 'changed behind our back').toBe('destination-modified');
  await sh('zfs rollback "$R/t@2"');

  const cut = zfsOver(partialSends(host, 1024 * 1024));
  expect(await outcomeOf('3', '2', cut)).toBe('receive-interrupted');
  expect(await outcomeOf('3', '2'), 'a fresh start over partial state').toBe('partial-state-present');
  const { token } = await onDisk(guest, target);
  await sh('zfs snapshot "$R/t@foreign"');
  expect(await outcomeOf('3', '2', zfs, token ?? ''), 'a snapshot taken since').toBe('feature-mismatch');
  await zfs.abortReceive(target);
  expect((await onDisk(guest, target)).token).toBeNull();
  expect(await outcomeOf('3', '2'), 'onto a foreign snapshot without changes').toBe('no problem');
  const whole = await onDisk(guest, target);
  expect(namesOf(whole)).toEqual(['1', '2', 'foreign', '3']);
  // It says yes and does nothing: one reason why every receive is verified.
  expect(await outcomeOf('3', '2'), 'an increment again').toBe('no problem');
  expect(await onDisk(guest, target)).toEqual(whole);
});

test('what zfs says about snapshots and datasets to be made is told apart', async () => {
  const { zfs } = platform();
  const { source, guest, root } = await platform().world('made', 'zfs create "$S/a"; zfs snapshot "$S@1"');
  const at = (name: string, ...datasets: readonly string[]) => datasets.map((dataset) => ({ dataset, name }));
  await expect(zfs.snapshot(at('1', source, `${source}/a`))).rejects.toMatchObject({ code: 'snapshot-exists' });
  await expect(zfs.snapshot(at('2', source, `${source}/gone`))).rejects.toMatchObject({ code: 'not-found' });
  expect(namesOf(await onDisk(guest, source)), 'all or nothing').toEqual(['1']);
  await zfs.snapshot(at('2', source, `${source}/a`));
  const listed = await zfs.listVersions([source], { recursive: true, details: false });
  const second = listed.map(({ versions }) => versions.find(({ name }) => name === '2')?.createtxg);
  expect([second.length, second[0] === second[1], second[0]]).toEqual([2, true, expect.any(BigInt)]);

  await zfs.createPlaceholder(`${root}/a b`, { encryption: 'off' });
  await expect(zfs.createPlaceholder(`${root}/a b`, { encryption: 'off' })).rejects.toMatchObject({
    code: 'destination-exists',
  });
  await expect(zfs.createPlaceholder(`${root}/gone/a`, { encryption: 'inherit' })).rejects.toMatchObject({
    code: 'not-found',
    facts: { name: `${root}/gone` },
  });
  const made = await zfs.getProperties(`${root}/a b`, ['zrepl:placeholder', 'mountpoint', 'mounted']);
  expect([...made.values()].map(({ value }) => value)).toEqual(['on', 'none', 'no']);
});
