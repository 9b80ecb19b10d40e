import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineSplitter, createTextRing, LINE_LIMIT_CHARS } from '../../../core/host/text-ring.ts';

const pieces = fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 40 }), { maxLength: 200 });

test('the ring keeps exactly the last bytes and says when there were more', () => {
  fc.assert(
    fc.property(pieces, fc.integer({ min: 1, max: 300 }), (texts, limitBytes) => {
      const ring = createTextRing(limitBytes);
      for (const text of texts) ring.push(Buffer.from(text));
      const all = texts.join('');
      expect(ring.text()).toBe(all.length > limitBytes ? `(...)${all.slice(-limitBytes)}` : all);
    }),
  );
});

test('an empty chunk that falls out is nothing that was dropped', () => {
  const ring = createTextRing(2);
  for (const text of ['', 'a', 'b']) ring.push(Buffer.from(text));
  expect(ring.text()).toBe('ab');
});

test('lines do not depend on how the bytes were cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 20 }), { maxLength: 20 }),
      fc.integer({ min: 1, max: 7 }),
      (raw, step) => {
        const lines = raw.map((line) => line.toWellFormed().replaceAll(/[\r\n]/g, '_'));
        const bytes = Buffer.from([...lines, 'unfinished'].join('\n'));
        const seen: string[] = [];
        const push = createLineSplitter((line) => seen.push(line));
        for (let at = 0; at < bytes.length; at += step) push(bytes.subarray(at, at + step));
        expect(seen).toEqual(lines);
      },
    ),
  );
});

test('a carriage return at the end is not part of a line, and a line has an end', () => {
  const seen: string[] = [];
  const push = createLineSplitter((line) => seen.push(line));
  push(Buffer.from('a\r\n'));
  for (let index = 0; index < 20; index += 1) push(Buffer.from('x'.repeat(1000)));
  push(Buffer.from('\nb\n'));
  expect(seen.map((line) => line.length)).toEqual([1, LINE_LIMIT_CHARS, 1]);
});
