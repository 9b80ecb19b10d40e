/** What keeps a job from its destination as a whole: nothing is sent or lost, and once it is set right the job goes on. */
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { describe, expect, test } from 'vitest';
import {
  type Expected,
  expectGood,
  expectProblems,
  expectSafe,
  snapshotsHere,
  snapshotsThere,
  stepHolds,
} from './support/expect.ts';
import { type JobOptions, openJob } from './support/job.ts';
import { type Scene, usePair } from './support/pair.ts';

const pair = usePair('connection');
const TWO = 'for d in a b; do zfs create "$S/$d"; fill "$S/$d" f 1; done; zfs snapshot -r "$S@1"';
const SNAPSHOTS = { '': ['1'], a: ['1'], b: ['1'] };

/** The run fails as a whole for this one reason; the workstation stays as it was and the NAS never sees anything. */
async function expectKeptOut(scene: Scene, options: JobOptions, code: Expected['code'], remedy: RegExp) {
  await using job = openJob(pair(), scene, options);
  const run = await job.run();
  const [problem] = expectProblems(scene, run, [{ code, remedy }]);
  expect(problem).toMatchObject({ side: 'receiver', phase: 'plan' });
  expect(await snapshotsHere(scene)).toEqual(SNAPSHOTS);
  expect(await stepHolds(scene, job)).toEqual([]);
  expect(await snapshotsThere(scene)).toEqual({});
  return problem;
}

async function expectGoesOn(scene: Scene): Promise<void> {
  await using job = openJob(pair(), scene);
  expectGood(await job.run());
  expect(await snapshotsHere(scene)).toEqual(SNAPSHOTS);
  await expectSafe(scene, job, 'a', 'b');
}

describe('a job that does not get to its destination', () => {
  test('the receiving root does not exist: told how to make it, and never made by itself', async () => {
    const scene = await pair().scene('noroot', { here: TWO, root: false });
    const problem = await expectKeptOut(scene, {}, 'root-missing', /zfs create .*noroot$/);
    expect(problem?.facts).toEqual({ name: scene.root, host: 'nas' });
    // The advice is followed to the letter.
    await scene.there.sh(problem?.remedy.replace(/^.*: (?=zfs create)/, '') ?? 'exit 1');
    await expectGoesOn(scene);
  });

  test('a root in a pool that is not imported', async () => {
    const scene = await pair().scene('nopool', { here: TWO });
    const connect = { root_fs: `${pair().nas.name}-away/backups` };
    await expectKeptOut(scene, { connect }, 'root-missing', /Import the pool/);
  });

  test('another host key, another user, another key: refused before anything is sent', async () => {
    const scene = await pair().scene('login', { here: TWO });
    const { workstation, nas } = pair().guests;
    const pinned = await expectKeptOut(
      scene,
      { connect: { host_key: workstation.hostKeySha256 } },
      'host-key-mismatch',
      /compare the fingerprint on its own console/,
    );
    expect(pinned?.facts).toEqual({ host: 'nas', seen: nas.hostKeySha256 });
    expect(pinned?.meaning).toContain('No data was sent');

    const nobody = await expectKeptOut(scene, { connect: { user: 'nobody-here' } }, 'login-refused', /authorized_keys/);
    expect(nobody?.facts.user).toBe('nobody-here');

    const folder = await mkdtemp(join(tmpdir(), 'snapferry-bad-key-'));
    try {
      const stranger = join(folder, 'key');
      writeFileSync(stranger, ssh2.utils.generateKeyPairSync('ed25519').private, { mode: 0o600 });
      const refused = await expectKeptOut(
        scene,
        { connect: { identity_file: stranger } },
        'login-refused',
        /authorized_keys of root on nas/,
      );
      expect(refused?.facts.identityFile).toBe(stranger);
      const missing = join(folder, 'no such key');
      await expectKeptOut(scene, { connect: { identity_file: missing } }, 'identity-unreadable', /private key/);
    } finally {
      await rm(folder, { recursive: true });
    }
    await expectGoesOn(scene);
  });
});
