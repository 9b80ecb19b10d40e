/** The way of a person who sets up a backup, over the socket of the real daemon on a simulated OpenZFS. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../../../core/api/wire/client.ts';
import { connectDaemon } from '../../../core/api/wire/connect.ts';
import { followStatus } from '../../../core/api/wire/follow.ts';
import { draftSchema } from '../../../core/api/wizard/draft.ts';
import { editsOf } from '../../../core/api/wizard/jobs.ts';
import { draftFaults } from '../../../core/api/wizard/parts.ts';
import { PRESETS } from '../../../core/api/wizard/presets.ts';
import { suggest } from '../../../core/api/wizard/suggest.ts';
import { Household } from '../../e2e/window/support/household.ts';

const signal = new AbortController().signal;
let house: Household;
let client: Client;
beforeEach(async () => {
  house = await Household.start('/nonexistent', 'jobs: []\n');
  ({ client } = await connectDaemon(house.socketPath, signal));
});
afterEach(async () => {
  client.close();
  await house[Symbol.asyncDispose]();
});

describe('from nothing', () => {
  it('to the first backup, which is then recognised', async () => {
    const found = await client.request('discover', {});
    expect(found.datasets.map(({ name }) => name)).toEqual(['tank', 'tank/home', 'tank/home/photos']);
    const { chosen, leftOut } = suggest(found);

    const [key] = (await client.request('destination/hostkeys', { host: 'nas', port: 22 })).keys;
    const own = await client.request('destination/key', { key: 'nas' });
    const account = { host: 'nas', port: 22, user: 'root', key: 'nas', hostKey: key?.fingerprint ?? '' };
    expect(await client.request('destination/bring-key', { ...account, password: 'x' })).toEqual({ outcome: 'added' });
    const reach = { ...account, sudo: false };
    const tested = await client.request('destination/test', { ...reach, rootFs: 'backup', estimateBytes: null });
    expect(tested.checks.filter(({ state }) => state === 'failed')).toEqual([]);

    const [light] = PRESETS;
    const draft = draftSchema.parse({
      name: 'desk-to-nas',
      chosen,
      leftOut: leftOut.map(({ dataset, below }) => ({ dataset, below })),
      destination: {
        type: 'ssh',
        ...reach,
        identityFile: own.identityFile,
        rootFs: 'backup',
        clientIdentity: 'desk',
        plainIdentity: null,
      },
      encryptedAs: 'raw',
      intervalS: light?.intervalS,
      keepSender: light?.keepSender,
      keepReceiver: light?.keepReceiver,
    });
    const config = await client.request('config/get', {});
    const jobs = config.jobs.map(({ name }) => name);
    expect(draftFaults(draft, found.datasets, jobs)).toEqual([]);

    const where = { ...reach, rootFs: 'backup', clientIdentity: 'desk', encryptedAs: 'raw' as const };
    const datasets = found.datasets.map(({ name }) => name);
    const before = await client.request('destination/look', { ...where, datasets });
    expect(before.datasets.map(({ state }) => state)).toEqual(['absent', 'absent', 'absent']);

    const change = { kind: 'edits' as const, edits: [...editsOf(draft, found.datasets)] };
    const digest = config.digest ?? '';
    expect(await client.request('config/validate', { digest, change })).toMatchObject({ valid: true, problems: [] });
    // The daemon goes over to the new job on the connections that are there.
    const taken = new AbortController();
    const following = followStatus(client, ({ jobs: now }) => now.length > 0 && taken.abort(), taken.signal);
    await client.request('config/put', { digest, change });
    await following;
    const { runId } = await client.request('run', { job: 'desk-to-nas', snapshot: true });
    expect(await client.request('wait', { job: 'desk-to-nas', runId })).toMatchObject({ ok: true });
    const after = await client.request('destination/look', { ...where, datasets });
    expect(after.datasets.map(({ state, bytes }) => [state, bytes])).toEqual(datasets.map(() => ['common', 0]));

    // Somebody who asks for another place is told where the copies are.
    const other = await client.request('destination/look', { ...where, clientIdentity: 'laptop', datasets });
    expect(other.adoptions).toEqual([{ rootFs: 'backup', clientIdentity: 'desk', datasets: 3 }]);
  });
});
