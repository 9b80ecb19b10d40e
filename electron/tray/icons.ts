/** The icon of each state of the tray: own drawings that differ by their shape, so that nobody needs their colours. Pure. */
import type { TrayState } from '../../core/api/tray-state.ts';
import {
  both,
  type Colour,
  disc,
  draw,
  type Layer,
  line,
  outline,
  type Pixmap,
  polygon,
  type Shape,
  sector,
  union,
  without,
} from './drawing.ts';

/** What panels ask for; they choose the nearest. */
export const ICON_SIZES = [16, 22, 24, 32, 44] as const;

/** A panel's background; `unknown` where the desktop does not say. */
export type Ground = 'light' | 'dark' | 'unknown';

const rgb = (red: number, green: number, blue: number): Colour => ({ red, green, blue });
const WHITE = rgb(255, 255, 255);
const INK = rgb(38, 42, 48);
const PAPER = rgb(238, 240, 243);
/** Readable on light and on dark. */
const MIDDLE = rgb(122, 132, 146);
const RED = rgb(200, 30, 40);
const AMBER = rgb(196, 112, 0);
const BLUE = rgb(36, 104, 190);

const FULL = 0.94;
const STROKE = 0.22;
const ROUND = disc(0, 0, FULL - STROKE / 2);
const RING = outline(ROUND, STROKE);
const MARK = union(line(0, -0.46, 0, 0.08, 0.24), disc(0, 0.46, 0.14));
const TICK = union(line(-0.4, 0.04, -0.1, 0.34, STROKE), line(-0.1, 0.34, 0.42, -0.3, STROKE));
const ARROW = union(
  line(0, 0.42, 0, -0.36, STROKE),
  line(-0.32, -0.06, 0, -0.4, STROKE),
  line(0.32, -0.06, 0, -0.4, STROKE),
);
const HANDS = union(line(0, 0, 0, -0.5, STROKE), line(0, 0, 0.36, 0.2, STROKE));
const BARS = union(line(-0.26, -0.34, -0.26, 0.34, 0.26), line(0.26, -0.34, 0.26, 0.34, 0.26));
const QUESTION = union(
  both(outline(disc(0, -0.22, 0.28), 0.22), (x, y) => Math.min(-x - 0.02, y + 0.22) * 0.7),
  line(0, 0.06, 0, 0.14, 0.22),
  disc(0, 0.5, 0.15),
);
const MOON = without(disc(0.06, -0.02, 0.5), disc(0.3, -0.2, 0.42));
/** A drive: a box wider than high. */
const BOX: Shape = (x, y) => Math.max(Math.abs(x) - 0.94, Math.abs(y) - 0.6);
const DRIVE = outline(BOX, STROKE);
const DRIVE_BAR = line(-0.5, 0, 0.5, 0, 0.3);
const DRIVE_TICK: Shape = (x, y) => TICK(x * 1.25, y * 1.25) / 1.25;
/** Below the centre, so that its mass stands in the middle of the square. */
const TRIANGLE: Shape = (x, y) => polygon(3, 1.06, -Math.PI / 2, 0.12)(x, y - 0.2);
const OCTAGON = polygon(8, 1.02, Math.PI / 8, 0.1);
const SLASH = line(-0.62, 0.62, 0.62, -0.62, STROKE);

/** What of a ring is over: still steps, so that it does not move all the time. */
const EIGHTHS = 8;

export interface IconView {
  readonly state: TrayState;
  /** Part of the run that is over; null where it is not known. */
  readonly fraction: number | null;
  readonly ground: Ground;
}

/** A name for what an icon looks like: the same name, the same picture. */
export function iconName({ state, fraction, ground }: IconView): string {
  return state === 'running' || state === 'drive-busy'
    ? `${state}-${eighthsOf(fraction)}-${ground}`
    : `${state}-${ground}`;
}

/** The icon in all sizes. */
export function iconPixmaps(view: IconView): readonly Pixmap[] {
  const layers = layersOf(view);
  return ICON_SIZES.map((size) => draw(layers, size));
}

function eighthsOf(fraction: number | null): number {
  return fraction === null ? 0 : Math.floor(Math.min(1, Math.max(0, fraction)) * EIGHTHS);
}

function layersOf({ state, fraction, ground }: IconView): readonly Layer[] {
  const calm = ground === 'light' ? INK : ground === 'dark' ? PAPER : MIDDLE;
  const plain = (...shapes: readonly Shape[]): Layer[] => shapes.map((shape) => ({ shape, colour: calm }));
  const filled = (shape: Shape, mark: Shape, colour: Colour): Layer[] => [
    { shape, colour },
    { shape: mark, colour: WHITE },
  ];
  switch (state) {
    case 'unreachable':
      return plain(
        without(RING, (x, y) => SLASH(x, y) - 0.12),
        SLASH,
      );
    case 'at-risk':
      return filled(OCTAGON, MARK, RED);
    case 'failed':
      return filled(TRIANGLE, (x, y) => MARK(x * 1.15, (y - 0.16) * 1.15) / 1.15, AMBER);
    case 'overdue':
      return [
        { shape: disc(0, 0, FULL), colour: AMBER },
        { shape: HANDS, colour: WHITE },
      ];
    case 'needs-you':
      return filled(disc(0, 0, FULL), QUESTION, BLUE);
    case 'drive-busy': {
      const over = eighthsOf(fraction) / EIGHTHS;
      const done: Shape = (x, y) => Math.max(DRIVE_BAR(x, y), x - (-0.65 + 1.3 * over));
      return [
        { shape: DRIVE, colour: AMBER },
        { shape: DRIVE_BAR, colour: calm, opacity: 0.35 },
        { shape: done, colour: AMBER },
      ];
    }
    case 'drive-safe':
      return plain(DRIVE, DRIVE_TICK);
    case 'running': {
      const over = eighthsOf(fraction) / EIGHTHS;
      const rest: Layer = { shape: RING, colour: calm, opacity: over === 0 ? 0.55 : 0.35 };
      return [rest, { shape: both(RING, sector(over)), colour: calm }, ...plain(ARROW)];
    }
    case 'waiting':
      return plain(RING, MOON);
    case 'paused':
      return plain(RING, BARS);
    case 'well':
      return plain(RING, TICK);
  }
}
