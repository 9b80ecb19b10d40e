import { afterEach, describe, expect, it } from 'vitest';
import { createJob } from '../../../core/job/factory.ts';
import type { SendFlags, SendRequest } from '../../../core/zfs/types.ts';
import { COPIES, GOOD, House, KEEP_ALL, pushText, readConfig, SSH } from './support.ts';

let house = new House();
afterEach(async () => {
  await house.stop();
  house = new House();
});

const NONE: SendFlags = {
  raw: false,
  properties: false,
  backupProperties: false,
  largeBlocks: false,
  compressed: false,
  embeddedData: false,
};

/** What the first step of a push asks of `zfs send` and `zfs receive`. */
async function firstStep(text: string) {
  house.snapshots('tank/data', 'a');
  const requests: SendRequest[] = [];
  const prepare = house.laptop.prepareSend.bind(house.laptop);
  house.laptop.prepareSend = (request) => {
    requests.push(request);
    return prepare(request);
  };
  const receives: Parameters<typeof house.nas.receive>[] = [];
  const receive = house.nas.receive.bind(house.nas);
  house.nas.receive = (...args) => {
    receives.push(args);
    return receive(...args);
  };
  const outcome = await house.run(house.start(text));
  return { outcome, flags: requests[0]?.flags, request: receives[0]?.[0], options: receives[0]?.[2] };
}

describe('what a push is made of', () => {
  it.each<[string, Partial<SendFlags>]>([
    ['', {}],
    ['raw: true', { raw: true }],
    ['send_properties: true', { properties: true }],
    ['backup_properties: true', { backupProperties: true }],
    ['large_blocks: true', { largeBlocks: true }],
    ['compressed: true, embedded_data: true', { compressed: true, embeddedData: true }],
  ])('sends with the flags of {%s}', async (send, flags) => {
    const step = await firstStep(pushText({ more: `send: {${send}}` }));
    expect(step.outcome.problems).toEqual([]);
    expect(step.flags).toEqual({ ...NONE, ...flags });
  });

  it('sends encrypted data as it is, and nothing else', async () => {
    house.laptop.addDataset('tank/data', { encryption: 'root' });
    house.snapshots('tank/plain', 'a');
    const step = await firstStep(
      pushText({ filesystems: '{"tank/data<": true, "tank/plain": true}', more: 'send: {encrypted: true}' }),
    );
    expect(step.flags).toEqual({ ...NONE, raw: true });
    expect(step.outcome.problems).toMatchObject([
      { code: 'encrypted-requested-but-unencrypted', dataset: 'tank/plain' },
    ]);
    expect(house.copies()).toEqual(['a']);
  });

  it('protects what lies on an agentless receiver', async () => {
    const { request, options, outcome } = await firstStep(pushText({ more: 'send: {send_properties: true}' }));
    expect(outcome).toEqual(GOOD);
    expect(request?.inherit).toEqual(['mountpoint', 'sharenfs', 'sharesmb']);
    expect(request?.override).toEqual([
      ['readonly', 'on'],
      ['canmount', 'noauto'],
      ['setuid', 'off'],
      ['exec', 'off'],
      ['devices', 'off'],
      ['snapferry:chain', 'plain'],
    ]);
    expect(options?.limitBytesPerSecond).toBeUndefined();
  });

  it('lets what is configured win over what protects, never saying both', async () => {
    const recv =
      'recv: {properties: {inherit: [exec, compression, sharenfs], override: {mountpoint: none, readonly: "off"}}}';
    const { request } = await firstStep(pushText({ more: `send: {send_properties: true}\n    ${recv}` }));
    expect(request?.inherit).toEqual(['sharenfs', 'sharesmb', 'exec', 'compression']);
    const overridden = request?.override.map(([name, value]) => `${name}=${value}`);
    expect(overridden).toEqual([
      'canmount=noauto',
      'setuid=off',
      'devices=off',
      'mountpoint=none',
      'readonly=off',
      'snapferry:chain=plain',
    ]);
    expect(request?.inherit.some((name) => request.override.some(([other]) => other === name))).toBe(false);
  });

  it('keeps to the limit of the bandwidth', async () => {
    const limit = 'send: {bandwidth_limit: {max: 3 MiB}}';
    expect((await firstStep(pushText({ more: limit }))).options?.limitBytesPerSecond).toBe(3 * 1024 * 1024);
  });

  it('keeps to the lower limit of both ends where the sink is here', async () => {
    for (const name of ['disk', 'disk/in']) house.laptop.addDataset(name);
    const limits: (number | undefined)[] = [];
    const receive = house.laptop.receive.bind(house.laptop);
    house.laptop.receive = (request, stream, options) => {
      limits.push(options?.limitBytesPerSecond);
      return receive(request, stream, options);
    };
    house.snapshots('tank/data', 'a');
    const sink = `
  - {type: sink, name: in, root_fs: disk/in, serve: {type: local, listener_name: in}, recv: {placeholder: {encryption: inherit}, bandwidth_limit: {max: 2 MiB}}}`;
    const push = pushText({
      connect: '{type: local, listener_name: in, client_identity: me}',
      more: 'send: {bandwidth_limit: {max: 5 MiB}}',
    });
    expect(await house.run(house.start(sink + push))).toEqual(GOOD);
    expect(limits).toEqual([2 * 1024 * 1024]);
  });

  it('puts copies right below the root where no client is named', async () => {
    const text = pushText({ connect: SSH.replace(', client_identity: laptop', '') });
    const { request } = await firstStep(text);
    expect(request?.dataset).toBe('backup/root/tank/data');
    expect(house.dialled).toMatchObject([{ host: 'nas.lan', user: 'backup', rootFs: 'backup/root' }]);
  });

  it('creates what stands between as it is told to', async () => {
    house.snapshots('tank/data', 'a');
    const text = pushText({ more: 'recv: {placeholder: {encryption: unspecified}}' });
    const outcome = await house.run(house.start(text));
    expect(outcome.problems).toMatchObject([{ code: 'placeholder-encryption-unspecified' }]);
    expect(house.nas.datasets.has(`${COPIES}/tank`)).toBe(false);
  });

  it('runs as many steps at once as it may', async () => {
    for (const name of ['one', 'two', 'three']) house.snapshots(`tank/data/${name}`, 'a');
    house.snapshots('tank/data', 'a');
    let [now, most] = [0, 0];
    house.nas.before = async ({ method }) => {
      if (method !== 'receive') return;
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
    };
    house.nas.after = ({ method }) => {
      if (method === 'receive') now -= 1;
    };
    await house.run(house.start(pushText({ more: 'replication: {concurrency: {steps: 2}}' })));
    expect(most).toBe(2);
  });
});

describe('what is refused, by name', () => {
  const keep = `pruning: {keep_sender: [${KEEP_ALL}], keep_receiver: [${KEEP_ALL}]}`;
  it.each([
    [
      'connections of type tcp',
      `\n  - {type: push, name: x, connect: {type: tcp, address: "nas:1"}, filesystems: {"p<": true}, snapshotting: {type: manual}, ${keep}}`,
    ],
    [
      'jobs of type pull',
      `\n  - {type: pull, name: x, connect: {type: tcp, address: "nas:1"}, root_fs: p/x, interval: manual, ${keep}}`,
    ],
    [
      'jobs of type source',
      '\n  - {type: source, name: x, serve: {type: local, listener_name: y}, filesystems: {"p<": true}, snapshotting: {type: manual}}',
    ],
    ['send.saved', pushText({ name: 'x', more: 'send: {saved: true}' })],
  ])('%s', (reason, text) => {
    const config = readConfig(text);
    const [job] = config.jobs;
    if (job === undefined) throw new Error('no job');
    expect(() => createJob(job, house.deps(config))).toThrow(
      expect.objectContaining({ code: 'config-not-runnable', facts: expect.objectContaining({ job: 'x' }) }),
    );
    expect(() => createJob(job, house.deps(config))).toThrow(reason);
    expect(house.laptop.calls).toEqual([]);
  });

  it('a local connection to a listener that nobody serves', () => {
    const served = readConfig(
      `\n  - {type: sink, name: in, root_fs: disk/in, serve: {type: local, listener_name: in}, recv: {placeholder: {encryption: inherit}}}${pushText({ connect: '{type: local, listener_name: in, client_identity: me}' })}`,
    );
    const push = served.jobs[1];
    if (push === undefined) throw new Error('no job');
    const alone = { ...served, jobs: [push] };
    expect(() => createJob(push, house.deps(alone))).toThrow('no sink listens as in');
  });
});
