import { afterEach, describe, expect, it } from 'vitest';
import { cursorName, lastReceivedHoldTag } from '../../../core/zfs/marks.ts';
import { GOOD, House, KEEP_ONE, pushText } from './support.ts';

const SINK = `
  - type: sink
    name: archive
    root_fs: disk/received
    serve: {type: local, listener_name: in}
    recv:
      properties: {override: {canmount: "off"}}
      placeholder: {encryption: inherit}`;
const connect = (client: string) => `{type: local, listener_name: in, client_identity: ${client}}`;
const PAIR = SINK + pushText({ connect: connect('me'), keepSender: KEEP_ONE, keepReceiver: KEEP_ONE });
const COPY = 'disk/received/me/tank/data';

let house = new House();
const prepare = () => {
  for (const name of ['disk', 'disk/received']) house.laptop.addDataset(name);
};
afterEach(async () => {
  await house.stop();
  house = new House();
});

describe('a sink that a push of the same daemon uses', () => {
  it('receives as it is configured, below the client, under marks of its own', async () => {
    prepare();
    house.snapshots('tank/data', 'a', 'b');
    const job = house.start(PAIR);
    expect(await house.run(job)).toEqual(GOOD);
    expect(house.laptop.snapshotNames(COPY)).toEqual(['b']);
    expect(house.laptop.holdsOn(COPY)).toEqual([`b ${lastReceivedHoldTag('archive')}`]);
    const guid = house.guid('tank/data', 'b');
    expect(house.laptop.bookmarkNames('tank/data')).toEqual([cursorName(guid, 'laptop')]);
    const properties = house.laptop.datasets.get(COPY)?.properties;
    expect(properties?.get('canmount')?.value).toBe('off');
    expect(properties?.has('exec')).toBe(false);
    expect(house.nas.calls).toEqual([]);
    expect(job.status().destination).toBe('this machine:disk/received/me');
    house.snapshots('tank/data', 'c');
    expect(await house.run(job)).toEqual(GOOD);
    expect(house.laptop.snapshotNames(COPY)).toEqual(['c']);
    expect(house.laptop.snapshotNames('tank/data')).toEqual(['c']);
  });

  it('shows the marks of all its clients, a push those of its own client', async () => {
    prepare();
    house.snapshots('tank/data', 'a');
    house.snapshots('tank/more', 'a');
    const two = pushText({ name: 'second', connect: connect('you'), filesystems: '{"tank/more": true}' });
    const text = PAIR + two;
    await house.run(house.start(text));
    await house.run(house.start(text, 'second'));
    const jobs = house.jobs(text);
    const holds = async (name: string) =>
      ((await jobs.get(name)?.abstractions(house.signal)) ?? [])
        .filter(({ type }) => type === 'last-received-hold')
        .map(({ fullName, job, side }) => [fullName, job, side]);
    const [mine, yours] = [
      [`${COPY}@a`, 'archive', 'receiver'],
      ['disk/received/you/tank/more@a', 'archive', 'receiver'],
    ];
    expect(await holds('archive')).toEqual([mine, yours]);
    expect(await holds('laptop')).toEqual([mine]);
    const released = await jobs.get('archive')?.releaseAbstractions('all', true, house.signal);
    expect(released).toHaveLength(2);
  });

  it('does nothing of its own accord, and lives until it is ended', async () => {
    prepare();
    const sink = house.jobs(PAIR).get('archive');
    if (sink === undefined) throw new Error('no sink');
    expect(sink.status()).toMatchObject({ name: 'archive', type: 'sink', stage: 'idle', destination: null });
    sink.onChange(() => {})();
    for (const ask of [() => sink.wake('run', { snapshot: true }), () => sink.reset()]) {
      expect(ask).toThrow(expect.objectContaining({ code: 'not-applicable' }));
    }
    await expect(sink.plan(house.signal)).rejects.toMatchObject({ code: 'not-applicable' });
    await expect(sink.waitFor(1, house.signal)).rejects.toMatchObject({ code: 'not-applicable' });
    const abort = new AbortController();
    let ended = false;
    const running = sink.run(abort.signal).then(() => {
      ended = true;
    });
    await Promise.resolve();
    expect(ended).toBe(false);
    abort.abort();
    await running;
    await sink.run(abort.signal);
  });
});
