/** What can be seen on the screen. */

export interface Rgb {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

export interface Spot {
  readonly x: number;
  readonly y: number;
  /** Pixels of that colour. */
  readonly count: number;
}

const CLOSE = 40;

export class Picture {
  readonly #width: number;
  readonly #bytes: Buffer;

  /** Bytes of red, green and blue, row by row. */
  constructor(width: number, bytes: Buffer) {
    this.#width = width;
    this.#bytes = bytes;
  }

  /** Where the pixels of about that colour are, in the middle; `within` says which rows to look at. */
  find({ red, green, blue }: Rgb, within: readonly [fromRow: number, toRow: number]): Spot {
    let [count, sumX, sumY] = [0, 0, 0];
    for (let row = within[0]; row < within[1]; row += 1) {
      for (let column = 0; column < this.#width; column += 1) {
        const [r = 0, g = 0, b = 0] = this.#bytes.subarray((row * this.#width + column) * 3);
        if (Math.abs(r - red) > CLOSE || Math.abs(g - green) > CLOSE || Math.abs(b - blue) > CLOSE) continue;
        count += 1;
        sumX += column;
        sumY += row;
      }
    }
    return { count, x: Math.round(sumX / Math.max(1, count)), y: Math.round(sumY / Math.max(1, count)) };
  }

  /** Share of the pixels in these rows that differ from another picture. */
  difference(other: Picture, within: readonly [fromRow: number, toRow: number]): number {
    const [from, to] = [within[0] * this.#width * 3, within[1] * this.#width * 3];
    let count = 0;
    for (let at = from; at < to; at += 3) {
      if (this.#bytes.compare(other.#bytes, at, at + 3, at, at + 3) !== 0) count += 1;
    }
    return count / ((to - from) / 3);
  }
}
