import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameError, FrameSplitter, parseHeader } from '../../../core/api/wire/frame.ts';

const LIMITS = { headerBytesMax: 64, messageBytesMax: 1000 };

function frame(body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
}

function split(chunks: readonly Buffer[]): Buffer[] {
  const splitter = new FrameSplitter(LIMITS);
  return chunks.flatMap((chunk) => [...splitter.push(chunk)]);
}

/** The bytes cut at arbitrary places. */
function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let start = 0;
  for (const size of sizes) {
    chunks.push(bytes.subarray(start, start + size));
    start += size;
  }
  chunks.push(bytes.subarray(start));
  return chunks;
}

describe('FrameSplitter', () => {
  it('gives back the same bodies however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 6 }),
        fc.array(fc.nat({ max: 40 }), { maxLength: 60 }),
        (bodies, sizes) => {
          const stream = Buffer.concat(bodies.map(frame));
          expect(split(cut(stream, sizes)).map((body) => [...body])).toEqual(bodies.map((body) => [...body]));
        },
      ),
    );
  });

  it('never does anything for arbitrary bytes but give bounded bodies or a FrameError', () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      fc.string({ maxLength: 100 }).map((text) => Buffer.from(`Content-Length: ${text}\r\n\r\n`)),
      fc.string({ maxLength: 100 }).map((text) => Buffer.from(`${text}\r\n\r\n`)),
    );
    fc.assert(
      fc.property(fc.array(noise, { maxLength: 5 }), (chunks) => {
        try {
          for (const body of split(chunks)) expect(body.length).toBeLessThanOrEqual(LIMITS.messageBytesMax);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      }),
    );
  });

  it('refuses an endless header as soon as it is too long', () => {
    const splitter = new FrameSplitter(LIMITS);
    expect([...splitter.push(Buffer.alloc(64, 'a'))]).toEqual([]);
    expect(() => [...splitter.push(Buffer.from('a'))]).toThrow('header is longer');
  });

  it('refuses a length beyond the limit before any byte of the body came', () => {
    expect(() => split([Buffer.from('Content-Length: 1001\r\n\r\n')])).toThrow('1001 bytes');
    expect(() => split([Buffer.from('Content-Length: 9999999999\r\n\r\n')])).toThrow(FrameError);
  });

  it('takes a body of exactly the limit', () => {
    expect(split([frame(Buffer.alloc(1000))])[0]).toHaveLength(1000);
  });
});

describe('parseHeader', () => {
  it('reads the length, in any case, with or without a content type', () => {
    expect(parseHeader('Content-Length: 12', LIMITS)).toBe(12);
    expect(parseHeader('content-length:0', LIMITS)).toBe(0);
    expect(
      parseHeader('Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 7', {
        ...LIMITS,
        headerBytesMax: 8192,
      }),
    ).toBe(7);
  });

  it.each([
    ['', 'unexpected header line'],
    ['Content-Length: ', 'unexpected'],
    ['Content-Length: -1', 'unexpected'],
    ['Content-Length: 1e3', 'unexpected'],
    ['Content-Length: 0x10', 'unexpected'],
    ['Content-Length: 007', 'unexpected'],
    ['Content-Length: 12345678901', 'unexpected'],
    ['Content-Length: 1\r\nContent-Length: 2', 'twice'],
    ['Content-Length: 1\r\nX-Other: 2', 'unexpected'],
    ['Content-Type: application/json', 'missing'],
    ['Content-Type: text/html\r\nContent-Length: 1', 'unexpected'],
    ['Content-Type: application/json; charset=utf-16\r\nContent-Length: 1', 'unexpected'],
  ])('refuses %j', (block, reason) => {
    expect(() => parseHeader(block, LIMITS)).toThrow(reason);
  });
});
