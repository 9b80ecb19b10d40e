/**
 * Shapes as signed distances, drawn into pixels with smooth edges. Coordinates go from -1 to 1, y downwards; a distance is
 * negative inside. Pure.
 */

export type Shape = (x: number, y: number) => number;

export interface Colour {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** One colour in one shape; later layers cover earlier ones. */
export interface Layer {
  readonly shape: Shape;
  readonly colour: Colour;
  /** 1 unless given. */
  readonly opacity?: number;
}

/** A square picture: bytes of alpha, red, green, blue, row by row, not premultiplied. */
export interface Pixmap {
  readonly size: number;
  readonly argb: Buffer;
}

export const disc =
  (centreX: number, centreY: number, radius: number): Shape =>
  (x, y) =>
    Math.hypot(x - centreX, y - centreY) - radius;

/** The outline of a shape. */
export const outline =
  (shape: Shape, width: number): Shape =>
  (x, y) =>
    Math.abs(shape(x, y)) - width / 2;

/** A stroke with round ends. */
export const line =
  (fromX: number, fromY: number, toX: number, toY: number, width: number): Shape =>
  (x, y) => {
    const [alongX, alongY] = [toX - fromX, toY - fromY];
    const length = alongX * alongX + alongY * alongY;
    const part = length === 0 ? 0 : ((x - fromX) * alongX + (y - fromY) * alongY) / length;
    const at = Math.min(1, Math.max(0, part));
    return Math.hypot(x - fromX - at * alongX, y - fromY - at * alongY) - width / 2;
  };

export const union =
  (...shapes: readonly Shape[]): Shape =>
  (x, y) =>
    Math.min(...shapes.map((shape) => shape(x, y)));

export const without =
  (shape: Shape, hole: Shape): Shape =>
  (x, y) =>
    Math.max(shape(x, y), -hole(x, y));

export const both =
  (a: Shape, b: Shape): Shape =>
  (x, y) =>
    Math.max(a(x, y), b(x, y));

/** A regular polygon with one corner at `turn` (radians, 0 = right, clockwise); corners rounded a little. */
export function polygon(corners: number, radius: number, turn: number, rounding: number): Shape {
  const half = Math.PI / corners;
  const inner = (radius - rounding) * Math.cos(half);
  return (x, y) => {
    const angle = Math.atan2(y, x) - turn - half;
    const nearest = angle - Math.round(angle / (2 * half)) * 2 * half;
    return Math.hypot(x, y) * Math.cos(nearest) - inner - rounding;
  };
}

/** A part of the plane between two angles, clockwise from the top, `part` of a whole turn. */
export function sector(part: number): Shape {
  if (part >= 1) return () => -1;
  const angle = part * 2 * Math.PI;
  return (x, y) => {
    const at = (Math.atan2(x, -y) + 2 * Math.PI) % (2 * Math.PI);
    const inside = at < angle;
    const beyond = Math.min(Math.abs(at - angle), at, 2 * Math.PI - at) * Math.hypot(x, y);
    return inside ? -beyond : beyond;
  };
}

/** Draws layers into a square of so many pixels. */
export function draw(layers: readonly Layer[], size: number): Pixmap {
  const argb = Buffer.alloc(size * size * 4);
  const pixel = 2 / size;
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const x = (column + 0.5) * pixel - 1;
      const y = (row + 0.5) * pixel - 1;
      argb.set(blend(layers, x, y, pixel), (row * size + column) * 4);
    }
  }
  return { size, argb };
}

function blend(layers: readonly Layer[], x: number, y: number, pixel: number): readonly number[] {
  let [alpha, red, green, blue] = [0, 0, 0, 0];
  for (const { shape, colour, opacity = 1 } of layers) {
    const cover = Math.min(1, Math.max(0, 0.5 - shape(x, y) / pixel)) * opacity;
    if (cover === 0) continue;
    const below = alpha * (1 - cover);
    alpha = cover + below;
    red = (colour.red * cover + red * below) / alpha;
    green = (colour.green * cover + green * below) / alpha;
    blue = (colour.blue * cover + blue * below) / alpha;
  }
  return [alpha * 255, red, green, blue].map(Math.round);
}
