/**
 * Keeps what was read of the room at the places beyond the end of the daemon. A file that cannot be read means that forecasts begin
 * anew, one that cannot be written that the next daemon knows less: neither keeps anything from working.
 */
import { z } from 'zod';
import { bytes, timeMs } from '../api/primitives.ts';
import { PLACES_MAX, SAMPLES_MAX, type SpaceBook } from '../job/space-book.ts';
import type { Log } from '../monitoring/log.ts';
import type { StateFile } from './state-file.ts';

const FILE_BYTES_MAX = 8 * 1024 * 1024;
const KEY_CHARS_MAX = 1024;

const sampleSchema = z.tuple([timeMs, bytes, bytes]);
const fileSchema = z.strictObject({
  places: z
    .array(
      z.strictObject({ key: z.string().min(1).max(KEY_CHARS_MAX), samples: z.array(sampleSchema).max(SAMPLES_MAX) }),
    )
    .max(PLACES_MAX),
});

export class SpaceFile {
  readonly #file: StateFile | null;
  readonly #log: Log;
  #book: SpaceBook | null = null;
  #writing: Promise<void> | null = null;
  #again = false;
  #failed = false;

  constructor(file: StateFile | null, log: Log) {
    this.#file = file;
    this.#log = log;
  }

  /** Gives the book what was kept, and keeps what is noted in it from now on. Never rejects. */
  async follow(book: SpaceBook): Promise<void> {
    this.#book = book;
    await this.#read(book);
    book.onNote(() => this.#note());
  }

  /** Resolves when what was noted is on disk, or cannot be put there. */
  async settled(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  async #read(book: SpaceBook): Promise<void> {
    try {
      const found = (await this.#file?.read(FILE_BYTES_MAX)) ?? null;
      if (found === null) return;
      const { places } = fileSchema.parse(JSON.parse(found.text));
      book.load(
        places.map(({ key, samples }) => ({
          key,
          samples: samples
            .map(([atMs, availableBytes, usedBytes]) => ({ atMs, availableBytes, usedBytes }))
            .sort((a, b) => a.atMs - b.atMs),
        })),
      );
    } catch (thrown) {
      this.#log.warn({ err: thrown }, 'what was known of free space could not be read; forecasts begin anew');
    }
  }

  #note(): void {
    this.#again = true;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
  }

  async #writeAll(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const records = this.#book?.records ?? [];
      const places = records.map(({ key, samples }) => ({
        key,
        samples: samples.map(({ atMs, availableBytes, usedBytes }) => [atMs, availableBytes, usedBytes]),
      }));
      try {
        await this.#file?.replace(`${JSON.stringify({ places })}\n`);
        this.#failed = false;
      } catch (thrown) {
        if (!this.#failed) this.#log.warn({ err: thrown }, 'what is known of free space could not be kept on disk');
        this.#failed = true;
      }
    }
  }
}
