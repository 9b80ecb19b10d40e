/** What may be sent in which form, and keys that are not there. */
import { describe, expect, test } from 'vitest';
import { expectDefined } from './support/expect.ts';
import { cutFirstSends, hidingEncryption } from './support/hosts.ts';
import { type JobSettings, runJob, runToEnd, stepsOf } from './support/job.ts';
import { usePlatform, type World } from './support/platform.ts';
import { namesOf, onDisk, stateOf } from './support/state.ts';

const MIB = 1024 * 1024;

const platform = usePlatform('crypt', 'nas');

/** A dataset with the key in a file of its own: unloaded and loaded again without anybody typing. */
const ENCRYPTED = `
newKey() { od -An -N32 -tx1 /dev/urandom | tr -d ' \\n' > "$1"; }
encrypted() { newKey "$2"; zfs create -o encryption=on -o keyformat=hex -o keylocation="file://$2" "$1"; }
`;

interface Policy {
  readonly encryptedDataset: boolean;
  readonly encrypted: boolean;
  readonly raw: boolean;
}

function settingsOf(world: World, { encrypted, raw }: Omit<Policy, 'encryptedDataset'>): JobSettings {
  const { zfs } = platform();
  return {
    sender: zfs,
    receiver: zfs,
    filesystems: { [`${world.source}/d`]: true },
    rootFs: world.root,
    encryptedOnly: encrypted,
    flags: { raw: encrypted || raw },
  };
}

async function worldOf(name: string, encryptedDataset: boolean): Promise<World> {
  const make = encryptedDataset ? `encrypted "$S/d" "/root/key ${name}"` : 'zfs create "$S/d"';
  return platform().world(name, `${ENCRYPTED} ${make}; fill "$S/d" one 2; zfs snapshot "$S/d@1"`);
}

describe('platform 37: encryption policy, and streams that broke', () => {
  const accepted: readonly (readonly [name: string, policy: Policy, copyEncrypted: boolean])[] = [
    ['37a plain, in clear text', { encryptedDataset: false, encrypted: false, raw: false }, false],
    ['37b plain, raw', { encryptedDataset: false, encrypted: false, raw: true }, false],
    ['37c encrypted, in clear text', { encryptedDataset: true, encrypted: false, raw: false }, false],
    ['37d encrypted, only encrypted', { encryptedDataset: true, encrypted: true, raw: false }, true],
    ['37e encrypted, only encrypted and raw', { encryptedDataset: true, encrypted: true, raw: true }, true],
  ];
  test.each(accepted)('accepted: %s', async (name, policy, copyEncrypted) => {
    const world = await worldOf(name.slice(0, 3), policy.encryptedDataset);
    const d = `${world.source}/d`;
    const job = settingsOf(world, policy);
    const retry = { fruitlessAttempts: 3, hardFailMs: 120_000 };
    /** The first send breaks, and the same run goes on by itself. */
    const interrupted = async () => {
      const { host, zfsOver } = platform();
      const { report } = await runToEnd({ ...job, sender: zfsOver(cutFirstSends(host, MIB, 1)), retry });
      return report.attempts.map(({ datasets }) => datasets.flatMap(stepsOf));
    };
    expect(await interrupted()).toEqual([['full @1'], ['full @1 resumed']]);
    await world.sh('fill "$S/d" two 2; zfs snapshot "$S/d@2"');
    expect(await interrupted()).toEqual([['incremental @1 @2'], ['incremental @1 @2 resumed']]);
    const copy = `${world.root}/${d}`;
    expect(namesOf(await onDisk(world.guest, copy))).toEqual(['1', '2']);
    const encryption = await world.sh('zfs get -H -o value encryption "$R/$S/d"');
    expect(encryption.trim() !== 'off').toBe(copyEncrypted);
    if (copyEncrypted) await world.sh('zfs load-key -L "$(zfs get -H -o value keylocation "$S/d")" "$R/$S/d"');
    expect(await world.sh('digest "$R/$S/d@2"')).toBe(await world.sh('digest "$S/d@2"'));
  });

  const refused: readonly (readonly [name: string, policy: Policy, code: string])[] = [
    [
      '37f plain, only encrypted',
      { encryptedDataset: false, encrypted: true, raw: false },
      'encrypted-requested-but-unencrypted',
    ],
    [
      '37g plain, only encrypted and raw',
      { encryptedDataset: false, encrypted: true, raw: true },
      'encrypted-requested-but-unencrypted',
    ],
    [
      '37h encrypted, raw but not only encrypted',
      { encryptedDataset: true, encrypted: false, raw: true },
      'raw-policy-violated',
    ],
  ];
  test.each(refused)('refused: %s', async (name, policy, code) => {
    const world = await worldOf(name.slice(0, 3), policy.encryptedDataset);
    const d = `${world.source}/d`;
    const job = settingsOf(world, policy);
    const first = await runJob(job);
    expect(first.dataset(d)).toMatchObject({ state: 'planning-error', problem: { code } });
    expect([...(await stateOf(world.guest, world.root)).keys()]).toEqual([world.root]);

    const flag = job.flags?.raw === true ? '-w' : '';
    await world.tryOut(
      `zfs create -p "$R/$S"; zfs send ${flag} "$S/d@1" | head -c ${MIB} | zfs receive -s -u "$R/$S/d@1"`,
    );
    const { token } = await onDisk(world.guest, `${world.root}/${d}`);
    expect(token).toMatch(/^1-/);
    const second = await runJob(job);
    expect(second.dataset(d)).toMatchObject({ state: 'planning-error', problem: { code } });
    expect((await onDisk(world.guest, `${world.root}/${d}`)).token).toBe(token);
  });

  test('refused: a token in clear text for a job that promises encryption stays as it is', async () => {
    const world = await worldOf('37i', true);
    const d = `${world.source}/d`;
    await world.tryOut(`zfs create -p "$R/$S"; zfs send "$S/d@1" | head -c ${MIB} | zfs receive -s -u "$R/$S/d@1"`);
    const { token } = await onDisk(world.guest, `${world.root}/${d}`);
    expect(token).toMatch(/^1-/);
    const run = await runJob(settingsOf(world, { encrypted: true, raw: true }));
    expect(run.dataset(d)).toMatchObject({ state: 'planning-error', problem: { code: 'token-mismatch' } });
    expect((await onDisk(world.guest, `${world.root}/${d}`)).token).toBe(token);
  });
});

describe('encryption that was promised for a dataset without any', () => {
  test('platform 38: is refused where zfs knows of no encryption', async () => {
    const world = await worldOf('38', false);
    const { host, zfsOver } = platform();
    const old = zfsOver(hidingEncryption(host));
    expect((await old.capabilities()).nativeEncryption).toBe(false);
    const run = await runJob({ ...settingsOf(world, { encrypted: true, raw: true }), sender: old });
    expect(run.dataset(`${world.source}/d`)).toMatchObject({
      state: 'planning-error',
      problem: { code: 'encrypted-requested-but-unencrypted' },
    });
    expect([...(await stateOf(world.guest, world.root)).keys()]).toEqual([world.root]);
  });

  test('platform 39: is refused where zfs knows encryption', async () => {
    const world = await worldOf('39', false);
    expect((await platform().zfs.capabilities()).nativeEncryption).toBe(true);
    const run = await runJob(settingsOf(world, { encrypted: true, raw: true }));
    expect(run.dataset(`${world.source}/d`)).toMatchObject({
      state: 'planning-error',
      problem: { code: 'encrypted-requested-but-unencrypted' },
    });
    expect([...(await stateOf(world.guest, world.root)).keys()]).toEqual([world.root]);
  });
});

describe('keys that are not loaded', () => {
  test('raw: neither side needs its key', async () => {
    const world = await worldOf('key raw', true);
    const job = settingsOf(world, { encrypted: true, raw: true });
    await world.sh('zfs unmount "$S/d"; zfs unload-key "$S/d"');
    await runToEnd(job);
    await world.sh('zfs snapshot "$S/d@2"');
    await runToEnd(job);
    expect(namesOf(await onDisk(world.guest, `${world.root}/${world.source}/d`))).toEqual(['1', '2']);
    expect(await world.sh('zfs get -H -o value keystatus "$R/$S/d"')).toBe('unavailable\n');
  });

  test('in clear text: the key missing on the sender is a problem of the plan', async () => {
    const world = await worldOf('key src', true);
    await world.sh('zfs unmount "$S/d"; zfs unload-key "$S/d"');
    const run = await runJob(settingsOf(world, { encrypted: false, raw: false }));
    expect(run.dataset(`${world.source}/d`)).toMatchObject({
      state: 'planning-error',
      problem: { code: 'key-not-loaded', facts: { host: 'the sender' } },
    });
  });

  test('in clear text under an encrypted root: the key missing on the receiver is named, and nothing is lost', async () => {
    const world = await platform().world(
      'key dst',
      `${ENCRYPTED} encrypted "$R/e" "/root/key dst"; zfs create "$S/d"; zfs snapshot "$S/d@1"`,
    );
    const d = `${world.source}/d`;
    const rootFs = `${world.root}/e`;
    const job: JobSettings = {
      ...settingsOf(world, { encrypted: false, raw: false }),
      rootFs,
      placeholderEncryption: 'inherit',
    };
    await runToEnd(job);
    await world.sh('fill "$S/d" two 1; zfs snapshot "$S/d@2"; zfs unmount -f "$R/e" || true; zfs unload-key -r "$R/e"');
    const run = await runJob(job);
    expect(run.dataset(d)).toMatchObject({ state: 'step-error', problem: { code: 'key-not-loaded' } });
    expect(expectDefined(run.dataset(d).problem).facts).toMatchObject({ host: 'nas' });
    expect(namesOf(await onDisk(world.guest, `${rootFs}/${d}`))).toEqual(['1']);
    await world.sh('zfs load-key "$R/e"');
    await runToEnd(job);
    expect(namesOf(await onDisk(world.guest, `${rootFs}/${d}`))).toEqual(['1', '2']);
  });
});

test('a foreign snapshot on the copy stops a raw chain, by name, and nothing is rolled back', async () => {
  const world = await worldOf('foreign', true);
  const d = `${world.source}/d`;
  const job = settingsOf(world, { encrypted: true, raw: true });
  await runToEnd(job);
  await world.sh('zfs snapshot "$R/$S/d@theirs"; zfs snapshot "$S/d@2"');
  const run = await runJob(job);
  expect(run.dataset(d)).toMatchObject({ state: 'planning-error', problem: { code: 'diverged' } });
  expect(expectDefined(run.dataset(d).problem).detail).toContain('only on the receiver: @theirs');
  expect(namesOf(await onDisk(world.guest, `${world.root}/${d}`))).toEqual(['1', 'theirs']);
  await world.sh('zfs destroy "$R/$S/d@theirs"');
  await runToEnd(job);
  expect(namesOf(await onDisk(world.guest, `${world.root}/${d}`))).toEqual(['1', '2']);
});
