import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TRAY_STATES } from '../../../core/api/tray-state.ts';
import type { Pixmap } from '../../../electron/tray/drawing.ts';
import { type Ground, ICON_SIZES, type IconView, iconName, iconPixmaps } from '../../../electron/tray/icons.ts';

const GROUNDS: readonly Ground[] = ['light', 'dark', 'unknown'];
const VIEWS: readonly IconView[] = [
  ...TRAY_STATES.map((state): IconView => ({ state, fraction: null, ground: 'light' })),
  { state: 'running', fraction: 0.5, ground: 'light' },
];

/** What is left of a picture without its colours: lighter and darker than its middle, and where it is clear. */
function shapeOf({ argb }: Pixmap): readonly number[] {
  return Array.from({ length: argb.length / 4 }, (_, pixel) => {
    const [alpha = 0, red = 0, green = 0, blue = 0] = argb.subarray(pixel * 4, pixel * 4 + 4);
    if (alpha < 128) return 0;
    return (red + green + blue) / 3 > 200 ? 0 : 1;
  });
}

describe('the icons', () => {
  it('have every size that panels ask for', () => {
    for (const view of VIEWS) {
      expect(iconPixmaps(view).map(({ size }) => size)).toEqual([...ICON_SIZES]);
      for (const { size, argb } of iconPixmaps(view)) expect(argb).toHaveLength(size * size * 4);
    }
  });

  it('differ by their shape alone, in every size', () => {
    for (const [index] of ICON_SIZES.entries()) {
      const shapes = VIEWS.map((view) => ({
        name: iconName(view),
        shape: shapeOf(iconPixmaps(view)[index] as Pixmap),
      }));
      for (const [at, a] of shapes.entries()) {
        for (const b of shapes.slice(at + 1)) {
          const different = a.shape.filter((value, pixel) => value !== b.shape[pixel]).length / a.shape.length;
          expect(different, `${a.name} and ${b.name}`).toBeGreaterThan(0.04);
        }
      }
    }
  });

  it('stay within their square: nothing is cut off at the corners', () => {
    for (const view of VIEWS) {
      for (const { size, argb } of iconPixmaps(view)) {
        for (const [x, y] of [
          [0, 0],
          [size - 1, 0],
        ] as const) {
          expect(argb[(y * size + x) * 4]).toBe(0);
        }
      }
    }
  });

  it('are light on dark and dark on light', () => {
    const brightness = (ground: Ground): number => {
      const [, , , , picture] = iconPixmaps({ state: 'well', fraction: null, ground });
      const argb = picture?.argb ?? Buffer.alloc(0);
      let [sum, weight] = [0, 0];
      for (let at = 0; at < argb.length; at += 4) {
        const alpha = argb[at] ?? 0;
        sum += (argb[at + 1] ?? 0) * alpha;
        weight += alpha;
      }
      return sum / weight;
    };
    expect(brightness('dark')).toBeGreaterThan(200);
    expect(brightness('light')).toBeLessThan(60);
    expect(brightness('unknown')).toBeGreaterThan(90);
    expect(brightness('unknown')).toBeLessThan(160);
  });

  it('move in eight still steps while something runs, and not otherwise', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(...GROUNDS), (fraction, ground) => {
        expect(iconName({ state: 'running', fraction, ground })).toMatch(/^running-[0-8]-/);
        expect(iconName({ state: 'well', fraction, ground })).toBe(`well-${ground}`);
      }),
    );
    const names = new Set(
      Array.from({ length: 1000 }, (_, step) => iconName({ state: 'running', fraction: step / 1000, ground: 'dark' })),
    );
    expect(names.size).toBe(8);
  });
});
