import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clipLine, lineWidth, paint, span, spread } from '../../../core/cli/text/spans.ts';
import { clip, clipStart, displayWidth, padEnd, padStart, visible, wrap } from '../../../core/cli/text/width.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc
    .array(fc.constantFrom('a', ' ', '写', '🎉', 'é', 'ü', '\u0301', '한'), { maxLength: 40 })
    .map((all) => all.join('')),
);

describe('displayWidth', () => {
  it.each([
    ['', 0],
    ['rpool/home', 10],
    ['größe', 5],
    ['e\u0301', 1],
    ['写真', 4],
    ['한글', 4],
    ['ＡＢ', 4],
    ['🎉', 2],
    ['👩‍👩‍👧', 2],
    ['→ ✓ ━', 5],
  ])('%s takes %d columns', (name, width) => {
    expect(displayWidth(name)).toBe(width);
  });
});

describe('visible', () => {
  it('shows what would move the cursor or turn the text', () => {
    expect(visible('a\u001b[31mb\nc\td\u202ee\u200bf\u0007')).toBe(
      'a<U+001B>[31mb<U+000A>c<U+0009>d<U+202E>e<U+200B>f<U+0007>',
    );
    expect(visible('Größe 写真 🎉')).toBe('Größe 写真 🎉');
  });

  it('leaves no control character, whatever comes in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 0x10ffff }), { maxLength: 20 }).map((codes) => String.fromCodePoint(...codes)),
        (any) => {
          expect(visible(any)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        },
      ),
    );
  });
});

describe('fitting', () => {
  it('clips at either end', () => {
    expect(clip('rpool/home', 7)).toBe('rpool/…');
    expect(clipStart('rpool/home', 7)).toBe('…l/home');
    expect(clip('写真写真', 6)).toBe('写真…');
    expect(clipStart('写真写真', 4)).toBe('…真');
    expect([clip('abc', 0), clipStart('abc', 0)]).toEqual(['', '']);
    expect([clip('abc', 3), clipStart('abc', 3)]).toEqual(['abc', 'abc']);
  });

  it('never exceeds the width, and pads to it', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 30 }), (any, width) => {
        expect(displayWidth(clip(any, width))).toBeLessThanOrEqual(width);
        expect(displayWidth(clipStart(any, width))).toBeLessThanOrEqual(width);
        expect(displayWidth(padEnd(clip(any, width), width))).toBe(width);
        expect(displayWidth(padStart(clip(any, width), width))).toBe(width);
      }),
    );
  });

  it('wraps at spaces, and inside words only where it must', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('abcdefghij kl', 4)).toEqual(['abcd', 'efgh', 'ij', 'kl']);
    expect(wrap('写真写真', 4)).toEqual(['写真', '写真']);
    expect(wrap('', 10)).toEqual(['']);
    expect(wrap('   ^ here', 20)).toEqual(['   ^ here']);
  });

  it('wraps without losing anything but spaces', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 30 }), (any, width) => {
        const lines = wrap(any, width);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(any.replaceAll(' ', ''));
      }),
    );
  });
});

describe('lines of spans', () => {
  const line = [span('rpool/'), span('home', 'bold'), span(' done', 'good')];

  it('clips across spans', () => {
    expect(clipLine(line, 8).map((piece) => piece.text)).toEqual(['rpool/', 'h…']);
    expect(lineWidth(clipLine(line, 100))).toBe(15);
  });

  it('paints with and without colour, the same text', () => {
    expect(paint(line, 80, false)).toBe('rpool/home done');
    expect(paint(line, 80, true)).toBe('rpool/\u001b[1mhome\u001b[0m\u001b[32m done\u001b[0m');
    expect(stripVTControlCharacters(paint(line, 80, true))).toBe('rpool/home done');
    expect(paint([span('x  ')], 80, false)).toBe('x');
  });

  it('spreads to both edges, the left giving way', () => {
    expect(paint(spread(line, [span('idle')], 30), 30, false)).toBe('rpool/home done           idle');
    expect(paint(spread(line, [span('idle')], 14), 14, false)).toBe('rpool/ho… idle');
    expect(spread(line, [span('a long right part')], 20)).toEqual(line);
  });
});
