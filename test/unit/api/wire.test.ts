import { PassThrough, Writable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from 'vscode-jsonrpc/node';
import { REQUESTS } from '../../../core/api/contract.ts';
import { isEnvelope } from '../../../core/api/wire/envelope.ts';
import { BoundedMessageReader } from '../../../core/api/wire/reader.ts';
import { BoundedMessageWriter } from '../../../core/api/wire/writer.ts';

const LIMITS = { headerBytesMax: 8192, messageBytesMax: 2000 };

function frame(text: string | Uint8Array): Buffer {
  const body = Buffer.from(text);
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
}

/** Feeds bytes to a reader and gives what it made of them. */
async function read(...chunks: Buffer[]): Promise<{ messages: unknown[]; errors: string[]; destroyed: boolean }> {
  const stream = new PassThrough();
  const reader = new BoundedMessageReader(stream, LIMITS);
  const messages: unknown[] = [];
  const errors: string[] = [];
  reader.onError((error) => errors.push(error.message));
  reader.listen((message) => messages.push(message));
  for (const chunk of chunks) stream.write(chunk);
  await new Promise<void>((resolve) => setImmediate(resolve));
  return { messages, errors, destroyed: stream.destroyed };
}

describe('BoundedMessageReader', () => {
  const request = { jsonrpc: '2.0', id: 1, method: 'status', params: {} };

  it('reads messages in order', async () => {
    const other = { jsonrpc: '2.0', id: 'a', method: 'abstractions/list', params: { job: 'ü' } };
    const got = await read(Buffer.concat([frame(JSON.stringify(request)), frame(JSON.stringify(other))]));
    expect(got).toEqual({ messages: [request, other], errors: [], destroyed: false });
  });

  it.each([
    ['no JSON', frame('{')],
    ['an empty body', frame('')],
    ['bytes that are not UTF-8', frame(Uint8Array.of(0x22, 0xff, 0x22))],
    ['a batch', frame(JSON.stringify([request]))],
    ['a number', frame('1')],
    ['a header that is none', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a message beyond the limit', Buffer.from('Content-Length: 2001\r\n\r\n')],
    ['deep nesting', frame(`${'['.repeat(900)}${']'.repeat(900)}`)],
  ])('ends the stream once at %s', async (_, bytes) => {
    const got = await read(bytes, frame(JSON.stringify(request)));
    expect(got.messages).toEqual([]);
    expect(got.errors).toHaveLength(1);
    expect(got.destroyed).toBe(true);
  });

  it('passes on errors and the end of the stream until disposed', async () => {
    const stream = new PassThrough();
    const reader = new BoundedMessageReader(stream, LIMITS);
    const seen: string[] = [];
    reader.onError((error) => seen.push(error.message));
    reader.onClose(() => seen.push('closed'));
    const listening = reader.listen(() => {});
    stream.destroy(new Error('reset'));
    await new Promise<void>((resolve) => stream.once('close', resolve));
    expect(seen).toEqual(['reset', 'closed']);
    listening.dispose();
    expect(stream.listenerCount('data')).toBe(0);
  });

  it('survives any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string()), async (text) => {
        const { messages, errors } = await read(frame(text));
        expect(messages.length + errors.length).toBe(1);
      }),
      { numRuns: 50 },
    );
  });
});

describe('isEnvelope', () => {
  it.each([
    { jsonrpc: '2.0', id: 1, method: 'status', params: {} },
    { jsonrpc: '2.0', method: 'status/changed', params: { revision: 1 } },
    { jsonrpc: '2.0', method: '$/cancelRequest', params: { id: 3 } },
    { jsonrpc: '2.0', id: 1, result: null },
    { jsonrpc: '2.0', id: 1, error: { code: 1, message: 'no' } },
    { jsonrpc: '2.0', id: 1, error: { code: 1, message: 'no', data: {} } },
  ])('takes %j', (message) => {
    expect(isEnvelope(message)).toBe(true);
  });

  it('takes every request of the contract', () => {
    for (const method of Object.keys(REQUESTS)) {
      expect(isEnvelope({ jsonrpc: '2.0', id: 1, method, params: {} })).toBe(true);
    }
  });

  it.each([
    { jsonrpc: '1.0', id: 1, method: 'status', params: {} },
    { jsonrpc: '2.0', id: null, method: 'status', params: {} },
    { jsonrpc: '2.0', id: 1.5, method: 'status', params: {} },
    { jsonrpc: '2.0', id: 'x'.repeat(65), method: 'status', params: {} },
    { jsonrpc: '2.0', id: 1, method: 'status' },
    { jsonrpc: '2.0', id: 1, method: 'status', params: [] },
    { jsonrpc: '2.0', id: 1, method: 'status', params: {}, more: 1 },
    { jsonrpc: '2.0', id: 1, method: 'x'.repeat(65), params: {} },
    { jsonrpc: '2.0', method: '$/cancelRequest' },
    { jsonrpc: '2.0', method: '$/cancelRequest', params: { id: {} } },
    { jsonrpc: '2.0', method: '$/setTrace', params: {} },
    { jsonrpc: '2.0', id: 1 },
    { jsonrpc: '2.0', id: 1, result: 1, error: { code: 1, message: '' } },
    { jsonrpc: '2.0', id: 1, error: { code: 'x', message: '' } },
    null,
    'text',
  ])('refuses %j', (message) => {
    expect(isEnvelope(message)).toBe(false);
  });
});

describe('BoundedMessageWriter', () => {
  function collect(): { stream: Writable; bodies: () => unknown[] } {
    const chunks: Buffer[] = [];
    const stream = new Writable({
      write: (chunk: Buffer, _, done) => {
        chunks.push(chunk);
        done();
      },
    });
    const bodies = (): unknown[] =>
      chunks.map((chunk) => {
        const text = chunk.toString();
        const [header, body] = text.split('\r\n\r\n');
        expect(header).toBe(`Content-Length: ${Buffer.byteLength(body ?? '')}`);
        return JSON.parse(body ?? '');
      });
    return { stream, bodies };
  }
  const response = (result: unknown): Message & { result: unknown } => ({ jsonrpc: '2.0', ...{ id: 1, result } });

  it('counts bytes, not characters', async () => {
    const { stream, bodies } = collect();
    await new BoundedMessageWriter(stream, 1000).write(response('größe'));
    expect(bodies()).toEqual([{ jsonrpc: '2.0', id: 1, result: 'größe' }]);
  });

  it('replaces a reply that is too long by a problem', async () => {
    const { stream, bodies } = collect();
    await new BoundedMessageWriter(stream, 1000).write(response('x'.repeat(1000)));
    expect(bodies()).toEqual([expect.objectContaining({ id: 1, error: expect.objectContaining({ code: 1 }) })]);
    expect(JSON.stringify(bodies())).toContain('output-too-large');
  });

  it('refuses any other message that is too long', async () => {
    const { stream, bodies } = collect();
    const notification: Message & { method: string; params: unknown } = {
      jsonrpc: '2.0',
      method: 'status/changed',
      params: { text: 'x'.repeat(1000) },
    };
    await expect(new BoundedMessageWriter(stream, 1000).write(notification)).rejects.toThrow('output-too-large');
    expect(bodies()).toEqual([]);
  });

  it('rejects when the stream is gone, and tells of its errors and its end', async () => {
    const { stream } = collect();
    const writer = new BoundedMessageWriter(stream, 1000);
    const seen: string[] = [];
    writer.onError(([error]) => seen.push(error.message));
    writer.onClose(() => seen.push('closed'));
    stream.destroy(new Error('broken pipe'));
    await expect(writer.write(response(1))).rejects.toThrow();
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(seen).toEqual(['broken pipe', 'closed']);
  });

  it('ends the stream', () => {
    const { stream } = collect();
    new BoundedMessageWriter(stream, 1000).end();
    expect(stream.writableEnded).toBe(true);
  });
});
