import type { Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HEARTBEAT_MS, PROTOCOLS, REQUESTS } from '../../../core/api/contract.ts';
import { greet } from '../../../core/api/wire/client.ts';
import { safety } from '../cli/support/example-status.ts';
import { FakeJob } from './support/fake-job.ts';
import { openSocket, RunningDaemon } from './support/running-daemon.ts';

function frame(value: unknown): string {
  const text = JSON.stringify(value);
  return `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

const request = (id: number, method: string, params: unknown) => ({ jsonrpc: '2.0', id, method, params });

function closed(socket: Socket): Promise<void> {
  socket.on('error', () => {});
  socket.resume();
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

describe('a session', () => {
  it('wants hello first, in its own protocol', async () => {
    await using daemon = await RunningDaemon.start([]);
    const client = await daemon.stranger();
    await expect(client.request('status', {})).rejects.toThrow('"hello" must come first');
    const future = { protocols: { oldest: 98, newest: 99 }, client: 'x' };
    await expect(client.request('hello', future)).rejects.toMatchObject({ code: 'daemon-mismatch' });
    await expect(client.request('hello', future)).rejects.toThrow('this program 98 to 99');
    await expect(client.request('status', {})).rejects.toMatchObject({ code: 'request-invalid' });
    expect((await greet(client, 'test')).daemon).toMatchObject({
      protocol: PROTOCOLS.newest,
      protocols: PROTOCOLS,
      version: '0.1.0',
      features: Object.keys(REQUESTS),
    });
    expect((await client.request('status', {})).jobs).toEqual([]);
  });

  it('says every ten seconds that it is there, to whoever has said hello', async () => {
    await using daemon = await RunningDaemon.start([]);
    const [client, stranger] = [await daemon.stranger(), await daemon.stranger()];
    const { daemon: said } = await greet(client, 'test');
    expect(said.heartbeatMs).toBe(HEARTBEAT_MS);
    let [beats, strayBeats] = [0, 0];
    client.onWord(() => {
      beats += 1;
    });
    stranger.onWord(() => {
      strayBeats += 1;
    });
    for (let beat = 1; beat <= 3; beat += 1) {
      await daemon.clock.advance(HEARTBEAT_MS);
      await expect.poll(() => beats).toBe(beat);
    }
    expect(strayBeats).toBe(0);
  });

  it('answers requests that do not fit with a problem, and goes on', async () => {
    await using daemon = await RunningDaemon.start([new FakeJob('a')]);
    const socket = await openSocket(daemon.socketPath);
    const answers: string[] = [];
    socket.on('data', (chunk: Buffer) => answers.push(chunk.toString()));
    const bad = [
      request(1, 'hello', { protocols: PROTOCOLS, client: 'x' }),
      request(2, 'constructor', {}),
      request(3, 'run', { job: 'a' }),
      request(4, 'run', { job: 'a', snapshot: true, path: '/etc/shadow' }),
      request(5, 'plan', { job: 'x'.repeat(300) }),
      request(6, 'status', {}),
    ];
    socket.write(bad.map(frame).join(''));
    const text = (): string => answers.join('');
    while (!text().includes('"id":6')) await new Promise<void>((resolve) => setImmediate(resolve));
    expect(text().match(/"code":"request-invalid"/g)).toHaveLength(4);
    expect(text()).toContain('there is no \\"constructor\\"');
    expect(text()).toContain('does not fit at \\"snapshot\\"');
    socket.destroy();
  });

  it.each([
    ['another protocol', 'GET /status HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a message that is too long', 'Content-Length: 1048577\r\n\r\n'],
    ['an endless header', 'x'.repeat(9000)],
    ['a cancellation without id', frame({ jsonrpc: '2.0', method: '$/cancelRequest', params: {} })],
    ['a batch', frame([request(1, 'hello', {})])],
  ])('closes only the connection that sends %s', async (_, bytes) => {
    await using daemon = await RunningDaemon.start([new FakeJob('a')]);
    const good = await daemon.client();
    const socket = await openSocket(daemon.socketPath);
    const gone = closed(socket);
    socket.write(bytes);
    await gone;
    expect((await good.request('status', {})).jobs).toHaveLength(1);
  });

  it('survives any bytes', async () => {
    await using daemon = await RunningDaemon.start([new FakeJob('a')]);
    const good = await daemon.client();
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.jsonValue().map(frame),
            fc.jsonValue().map((v) => frame(request(1, 'run', v))),
          ),
        ),
        async (parts) => {
          const socket = await openSocket(daemon.socketPath);
          const gone = closed(socket);
          socket.end(parts.join(''));
          await gone;
          expect((await good.request('status', {})).jobs).toHaveLength(1);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('closes a connection that asks too much at once', async () => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    const socket = await openSocket(daemon.socketPath);
    const gone = closed(socket);
    socket.write(frame(request(0, 'hello', { protocols: PROTOCOLS, client: 'x' })));
    for (let id = 1; id <= 65; id += 1) socket.write(frame(request(id, 'wait', { job: 'a', runId: id })));
    await gone;
    expect(job.calls.filter((call) => call.endsWith('aborted'))).toHaveLength(64);
  });

  it('refuses connections beyond the limit, and takes new ones when others have gone', async () => {
    await using daemon = await RunningDaemon.start([]);
    const clients = await Promise.all(Array.from({ length: 32 }, () => daemon.client()));
    await closed(await openSocket(daemon.socketPath));
    clients[0]?.close();
    await clients[0]?.closed;
    for (;;) {
      const again = await daemon.client().catch(() => null);
      if (again !== null) break;
    }
  });

  it('shows a gap to a client that reads too slowly, instead of a backlog', async () => {
    const job = new FakeJob('a');
    await using daemon = await RunningDaemon.start([job]);
    const socket = await openSocket(daemon.socketPath);
    socket.write(frame(request(1, 'hello', { protocols: PROTOCOLS, client: 'x' })));
    socket.write(frame(request(2, 'watch', {})));
    const answers: string[] = [];
    const collect = (chunk: Buffer): void => {
      answers.push(chunk.toString());
    };
    socket.on('data', collect);
    while (!answers.join('').includes('"id":2')) await new Promise<void>((resolve) => setImmediate(resolve));
    socket.pause();
    const bulk = Array.from({ length: 200 }, (_, index) => ({
      ...safety(`p/${index}`),
      destination: 'x'.repeat(500),
    }));
    for (let change = 0; change < 60; change += 1) {
      job.become({ safety: bulk });
      await daemon.clock.advance(250);
    }
    socket.resume();
    const revisions = (): number[] =>
      [...answers.join('').matchAll(/"revision":(\d+)/g)].map((match) => Number(match[1]));
    while (!revisions().includes(60)) await new Promise<void>((resolve) => setImmediate(resolve));
    expect(revisions().length).toBeLessThan(50);
    socket.destroy();
  });
});
