/** A line that is typed and not shown: what a terminal without echo sends, taken together. Pure but for what it has collected. */
import { StringDecoder } from 'node:string_decoder';

/** No password is longer; what comes from a file may be. */
const CHARS_MAX = 4096;
const INTERRUPT = '\u0003';
const END_OF_INPUT = '\u0004';
const ERASE = new Set(['\u0008', '\u007f']);

export class SecretLine {
  readonly #isTerminal: boolean;
  readonly #decoder = new StringDecoder('utf8');
  #characters: string[] = [];

  /** @param isTerminal keys are pressed one by one, and some of them mean something */
  constructor(isTerminal: boolean) {
    this.#isTerminal = isTerminal;
  }

  /** The line, once it has ended; null where it was broken off, undefined while it goes on. */
  push(chunk: Buffer): string | null | undefined {
    for (const character of this.#decoder.write(chunk)) {
      if (character === '\n' || (character === '\r' && this.#isTerminal)) return this.end();
      if (this.#isTerminal && (character === INTERRUPT || character === END_OF_INPUT)) return null;
      if (this.#isTerminal && ERASE.has(character)) this.#characters.pop();
      else if (this.#characters.length < CHARS_MAX) this.#characters.push(character);
    }
    return undefined;
  }

  /** What there is when nothing more comes; null for nothing. */
  end(): string | null {
    const line = this.#characters.join('').replace(/\r$/, '');
    this.#characters = [];
    return line === '' ? null : line;
  }
}
