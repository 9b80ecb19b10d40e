import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { HEARTBEAT_MS, PROTOCOLS, type Reply } from '../../../core/api/contract.ts';
import { createClient } from '../../../core/api/wire/client.ts';
import { HelperLink, type LinkState } from '../../../electron/helper/link.ts';
import { FakeClock } from '../helper/support/fake-clock.ts';

/** A socket of which the other end is gone without a word. */
const halfDead = (): Duplex => new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });

const hello: Reply<'hello'> = {
  protocol: PROTOCOLS.newest,
  protocols: PROTOCOLS,
  version: '0.1.0',
  configFile: '/etc/snapferry/snapferry.yml',
  features: [],
  you: { uid: 0, user: 'root', administrator: true },
};

async function linked(daemon: Reply<'hello'>) {
  const clock = new FakeClock();
  const kinds: LinkState['kind'][] = [];
  const link = new HelperLink(async () => ({ client: createClient(halfDead(), '/run/x'), daemon }), clock);
  link.onChange(({ kind }) => kinds.push(kind));
  const stop = new AbortController();
  const over = link.run(stop.signal);
  await link.client();
  const end = async (): Promise<void> => {
    stop.abort();
    await over;
  };
  return { clock, kinds, end };
}

describe('the link to the daemon', () => {
  it('is lost after two missed heartbeats, although no end was closed, and comes back by itself', async () => {
    const { clock, kinds, end } = await linked({ ...hello, heartbeatMs: HEARTBEAT_MS });
    await clock.advance(HEARTBEAT_MS);
    expect(kinds).toEqual(['connected']);
    await clock.advance(HEARTBEAT_MS);
    await expect.poll(() => kinds).toEqual(['connected', 'lost']);
    await clock.advance(250);
    await expect.poll(() => kinds).toEqual(['connected', 'lost', 'connected']);
    await end();
  });

  it('stays with a daemon of before, which promised no heartbeat', async () => {
    const { clock, kinds, end } = await linked(hello);
    for (let beat = 0; beat < 10; beat += 1) await clock.advance(HEARTBEAT_MS);
    expect(kinds).toEqual(['connected']);
    await end();
  });
});
