/** The sender's machine is gone without a word in mid-transfer: power cut, or another network. The NAS goes on waiting for it. */
import { expect, test } from 'vitest';
import { openLink, until } from '../guests/index.ts';
import { expectGood, expectSafe, snapshotsThere, stepHolds } from './support/expect.ts';
import { openJob } from './support/job.ts';
import { usePair } from './support/pair.ts';

const pair = usePair('vanished');
const RECEIVING = `ps -A -o args= | grep -c '^[^ ]*zfs receive .*/vanished' || true`;

test('the receive that was left behind is ended by the next run, which goes on from what it kept', async () => {
  const scene = await pair().scene('vanished', { here: 'zfs create "$S/a"; fill "$S/a" f 24; zfs snapshot -r "$S@1"' });
  await using link = await openLink({ targetPort: pair().guests.nas.sshPort });
  link.setRate({ bytesPerSecond: 3 * 1024 * 1024 });
  {
    await using job = openJob(pair(), scene, { connect: { host: '127.0.0.1', port: link.port } });
    const cancelled = job.run().catch(() => undefined);
    await until(async () => link.upBytes > 8 * 1024 * 1024, { what: 'the middle of the transfer', timeoutMs: 120_000 });
    // From now on not even the end of the connection gets through.
    link.freeze();
    await job[Symbol.asyncDispose]();
    await cancelled;
  }
  expect((await scene.there.sh(RECEIVING)).trim()).toBe('1');

  await using job = openJob(pair(), scene);
  const run = await job.run();
  expectGood(run);
  const attempts = run.status.replication?.attempts ?? [];
  const told = attempts.flatMap(({ datasets }) => datasets.flatMap(({ problem }) => problem?.code ?? []));
  expect(told).toEqual(['busy']);
  const resumed = attempts.at(-1)?.datasets.flatMap(({ steps }) => steps.map((step) => step.resumedFromBytes));
  expect(
    resumed?.some((bytes) => bytes !== null && bytes > 0),
    JSON.stringify(attempts),
  ).toBe(true);
  expect((await scene.there.sh(RECEIVING)).trim()).toBe('0');
  expect(await snapshotsThere(scene)).toEqual({ '': ['1'], a: ['1'] });
  await expectSafe(scene, job, 'a');
  expect(await stepHolds(scene, job)).toEqual([]);
});
