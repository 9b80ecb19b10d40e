/** Interrupted receives and their tokens: what ZFS makes of them, what we read in them, and where they may be used. */
import { describe, expect, test } from 'vitest';
import { ProblemError } from '../../../core/api/problem.ts';
import { remark } from '../../../core/api/remark.ts';
import { compileFilter } from '../../../core/endpoint/filter.ts';
import { listingRoots } from '../../../core/endpoint/roots.ts';
import { ZfsSender } from '../../../core/endpoint/sender.ts';
import { resumeTokenIn } from '../../../core/zfs/errors.ts';
import { decodeResumeToken, type ResumeToken } from '../../../core/zfs/token.ts';
import { checkTokenFits, tokenMisfit } from '../../../core/zfs/token-fit.ts';
import type { ReceiveRequest, SendRequest, Zfs } from '../../../core/zfs/types.ts';
import { REAL_TOKENS } from '../../unit/zfs/support/real-tokens.ts';
import { shellQuote, withPool } from '../guests/index.ts';
import { expectDefined } from '../platform/support/expect.ts';
import { partialSends } from '../platform/support/hosts.ts';
import { openWorld, usePlatform } from '../platform/support/platform.ts';
import { guidOf, holdsOf, namesOf, onDisk } from '../platform/support/state.ts';
import { PLAIN, receiveInto, sendOf } from './support/requests.ts';

const MIB = 1024 * 1024;

const platform = usePlatform('tokens', 'nas', { sizeMiB: 512 });

/** The problem of a transfer that must fail. */
async function failed(zfs: Zfs, request: ReceiveRequest, sender: Zfs, send: SendRequest): Promise<ProblemError> {
  const thrown = await zfs.receive(request, sender.prepareSend(send)).then(
    () => new Error('it was received'),
    (problem: unknown) => problem,
  );
  if (!(thrown instanceof ProblemError)) throw thrown;
  return thrown;
}

async function tokenOf(zfs: Zfs, dataset: string): Promise<string | null> {
  const [facts] = await zfs.listDatasets([dataset], { recursive: false, properties: [] });
  return expectDefined(facts).resumeToken;
}

describe('a receive that breaks', () => {
  test('platform 35: it leaves a token that says what is missing, and goes on with it', async () => {
    const { zfs, zfsOver, host, pool } = platform();
    const cut = zfsOver(partialSends(host, 5 * MIB));
    const world = await platform().world(
      '35 t',
      'fill "$S" one 10; zfs snapshot "$S@a 1"; fill "$S" two 10; zfs snapshot "$S@b 2"',
    );
    const { source, guest, root } = world;
    const state = await onDisk(guest, source);
    const target = `${root}/a copy`;
    expect(await zfs.poolResumable(pool.name)).toBe(true);
    const steps = [
      [sendOf(source, state, 'a 1'), null],
      [sendOf(source, state, 'b 2', 'a 1'), guidOf(state, 'a 1')],
    ] as const;
    for (const [send, fromGuid] of steps) {
      const problem = await failed(zfs, receiveInto(target, send.to.name), cut, send);
      expect(problem.code).toBe('receive-interrupted');
      const text = expectDefined(await tokenOf(zfs, target));
      expect(resumeTokenIn(problem.detail)).toBe(text);
      const token = decodeResumeToken(text);
      expect(token).toMatchObject({
        toName: `${source}@${send.to.name}`,
        toGuid: send.to.guid,
        fromGuid,
        rawOk: false,
        savedOk: false,
        redacted: false,
      });
      expect(token.bytes).toBeGreaterThan(MIB);
      const resumed = { ...send, resumeToken: text };
      const [rest] = await zfs.estimate(resumed);
      expect(rest?.to).toBe(send.to.name);
      expect(rest?.sizeBytes).toBeLessThan(10 * MIB);
      const { bytes } = await zfs.receive(receiveInto(target, send.to.name), zfs.prepareSend(resumed));
      expect(bytes).toBeLessThan(10 * MIB);
      expect(await tokenOf(zfs, target)).toBeNull();
    }
    expect(namesOf(await onDisk(guest, target))).toEqual(['a 1', 'b 2']);
    const digest = (name: string) => world.sh(`digest ${shellQuote([`${name}@b 2`])}`);
    expect(await digest(target)).toBe(await digest(source));
  });

  test('platform 35 without support of the pool: no state is kept, and none is claimed', async () => {
    const { zfs, zfsOver, host, guest } = platform();
    await withPool(guest, { features: 'none', sizeMiB: 96 }, async (old) => {
      const world = openWorld(guest, old.child('a src'), old.child('a rcv'));
      await world.sh('zfs create "$S"; fill "$S" one 3; zfs snapshot "$S@1"');
      expect(await zfs.poolResumable(old.name)).toBe(false);
      const send = sendOf(world.source, await onDisk(guest, world.source), '1');
      const cut = zfsOver(partialSends(host, MIB));
      const asked = await failed(zfs, receiveInto(world.root, '1'), zfs, send);
      expect(asked.code).toBe('feature-mismatch');
      const problem = await failed(zfs, receiveInto(world.root, '1', { savePartial: false }), cut, send);
      expect(problem.code).toBe('stream-truncated');
      expect(resumeTokenIn(problem.detail)).toBeNull();
      const left = await zfs.listDatasets([old.name], { recursive: true, properties: [] });
      expect(left.map(({ dataset, resumeToken }) => [dataset, resumeToken])).toEqual([
        [old.name, null],
        [world.source, null],
      ]);
    });
  });
});

describe('what tokens say', () => {
  /** The fields that `zfs send -nvt` prints. */
  function fieldsOf(text: string): ReadonlyMap<string, string> {
    return new Map([...text.matchAll(/^\t(\w+) = (.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
  }

  test('platform 36: zfs reads the same in real tokens as we do, and refuses a damaged one', async () => {
    const { zfs, guest, pool } = platform();
    const real = Object.values(REAL_TOKENS).map(({ text }) => text);
    const damaged = expectDefined(REAL_TOKENS.inc_raw).text.replace('-789c6360', '-badf00d0');
    const shown = await guest.runOk(
      `for token in ${[...real, damaged].join(' ')}; do zfs send -nvt "$token" 2>&1; echo ===; done; true`,
    );
    const texts = shown.split('===\n');
    const hex = (value: bigint) => `0x${value.toString(16)}`;
    for (const [index, text] of real.entries()) {
      const token: ResumeToken = decodeResumeToken(text);
      const expected = new Map([
        ['toguid', hex(token.toGuid)],
        ['toname', token.toName],
        ['object', hex(token.object)],
        ['offset', hex(token.offset)],
        ['bytes', hex(token.bytes)],
        ...(token.fromGuid === null ? [] : [['fromguid', hex(token.fromGuid)] as const]),
        ...(token.rawOk ? [['rawok', '1'] as const] : []),
        ...(token.compressOk ? [['compressok', '1'] as const] : []),
      ]);
      expect(fieldsOf(texts[index] ?? '')).toEqual(expected);
    }
    expect(texts[real.length]).toContain('resume token is corrupt');
    const resume = (resumeToken: string) =>
      zfs.estimate({ dataset: pool.name, to: { name: 'a', guid: 1n }, range: false, flags: PLAIN, resumeToken });
    await expect(resume(expectDefined(real[0]))).rejects.toMatchObject({ code: 'resume-source-gone' });
    await expect(resume(damaged)).rejects.toMatchObject({ code: 'token-corrupt' });
  });

  test('platform 40: a token of one dataset is not used for another', async () => {
    const { zfs } = platform();
    const { source, guest } = await platform().world(
      '40 t',
      `for d in one two; do zfs create "$S/$d"; fill "$S/$d" data 2; zfs snapshot "$S/$d@1"; done
zfs send "$S/one@1" | head -c ${MIB} | zfs receive -s -u "$R/t" 2>&1 || true`,
    );
    const text = expectDefined((await onDisk(guest, source.replace(/src$/, 'rcv/t'))).token);
    const token = decodeResumeToken(text);
    const patterns = new Map([[`${source}<`, true]]);
    const job = new ZfsSender({
      zfs,
      jobId: 'a job',
      filter: compileFilter(patterns),
      roots: listingRoots(patterns),
      flags: PLAIN,
      encryptedOnly: false,
      ping: async () => undefined,
      onCleanupProblem: () => undefined,
    });
    await job.survey({});
    const prepare = async (dataset: string) => {
      const to = expectDefined(job.dataset(dataset)?.versions[0]);
      const step = { dataset, from: null, to, between: [], resume: { text, token } };
      return job.prepare(step, [], 'guarantee_resumability', {});
    };
    await expect(prepare(`${source}/two`)).rejects.toMatchObject({
      code: 'token-mismatch',
      facts: { name: `${source}/two`, reason: remark('token-dataset') },
    });
    expect(holdsOf(await onDisk(guest, `${source}/two`))).toEqual({});
    expect((await prepare(`${source}/one`)).request.resumeToken).toBe(text);
  });

  test('platform 41: a token in clear text does not serve a job of encrypted data, nor a raw one the opposite', async () => {
    const { source, guest, root, sh } = await platform().world(
      '41 t',
      `key="/root/key 41"; head -c 32 /dev/urandom > "$key"
zfs create -o encryption=on -o keyformat=raw -o keylocation="file://$key" "$S/d"
fill "$S/d" data 2; zfs snapshot "$S/d@1"
for flag in '' -w; do zfs send $flag "$S/d@1" | head -c ${MIB} | zfs receive -s -u "$R/t$flag" 2>&1 || true; done`,
    );
    const to = { guid: guidOf(await onDisk(guest, `${source}/d`), '1') };
    const read = async (name: string) =>
      decodeResumeToken(expectDefined((await onDisk(guest, `${root}/${name}`)).token));
    const [plain, raw] = [await read('t'), await read('t-w')];
    const request = (encryptedPolicy: boolean) => ({
      dataset: `${source}/d`,
      to,
      encryptedDataset: true,
      encryptedPolicy,
    });
    expect(tokenMisfit(plain, request(false))).toBeNull();
    expect(tokenMisfit(raw, request(true))).toBeNull();
    expect(tokenMisfit(plain, request(true))).toBe('encryption-not-set');
    expect(tokenMisfit(raw, request(false))).toBe('encryption-set');
    expect(() => checkTokenFits(plain, request(true))).toThrow(/token-mismatch/);
    await sh('rm "/root/key 41"');
  });
});
