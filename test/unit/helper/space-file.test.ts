import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpaceFile } from '../../../core/helper/space-file.ts';
import { SpaceBook } from '../../../core/job/space-book.ts';
import { SILENT_LOG } from '../../../core/monitoring/log.ts';
import { MemoryFile } from './support/memory-file.ts';

const T0 = Date.UTC(2026, 8, 1);
const sample = (hour: number) => ({ atMs: T0 + hour * 3_600_000, availableBytes: 2 ** 45 - hour, usedBytes: 7 });

async function follow(file: MemoryFile | null) {
  const book = new SpaceBook();
  const kept = new SpaceFile(file, SILENT_LOG);
  await kept.follow(book);
  return { book, kept };
}

describe('what is known of free space', () => {
  it('outlives the daemon', async () => {
    const file = new MemoryFile();
    const { book, kept } = await follow(file);
    for (let hour = 0; hour < 50; hour += 5)
      book.note(hour % 2 === 0 ? 'root@nas:tank/copies' : 'drive 1 blue', sample(hour));
    await kept.settled();
    const next = await follow(file);
    expect(next.book.records).toEqual(book.records);
    expect(next.book.of('drive 1 blue')).toEqual(book.of('drive 1 blue'));
  });

  it('is written in one piece, however much is noted meanwhile', async () => {
    const file = new MemoryFile();
    const { book, kept } = await follow(file);
    for (let hour = 0; hour < 50; hour += 1) book.note('a', sample(hour));
    await kept.settled();
    expect(file.replaces).toBeLessThanOrEqual(2);
    expect((await follow(file)).book.records).toEqual(book.records);
  });

  it('is only not kept where the disk is full or missing, and is kept again as soon as it can be', async () => {
    const file = new MemoryFile();
    const { book, kept } = await follow(file);
    file.room = 3;
    book.note('a', sample(0));
    await kept.settled();
    expect(file.text).toBeNull();
    expect(book.of('a').seen).toEqual(sample(0));
    file.room = Number.POSITIVE_INFINITY;
    book.note('a', sample(7));
    await kept.settled();
    expect((await follow(file)).book.records).toEqual(book.records);
    const without = await follow(null);
    without.book.note('a', sample(0));
    await without.kept.settled();
    expect(without.book.of('a').seen).toEqual(sample(0));
  });

  it('begins anew where the file is damaged, whatever is in it', async () => {
    const form = fc.record({
      places: fc.array(
        fc.record({ key: fc.string(), samples: fc.array(fc.array(fc.oneof(fc.double(), fc.integer()))) }),
      ),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.json(),
          form.map((value) => JSON.stringify(value)),
        ),
        async (text) => {
          const { book, kept } = await follow(new MemoryFile(text));
          book.note('a', sample(0));
          await kept.settled();
          expect(book.of('a').seen).toEqual(sample(0));
        },
      ),
    );
    const broken = new MemoryFile('{"places":[]}');
    broken.readable = false;
    expect((await follow(broken)).book.records).toEqual([]);
  });
});
