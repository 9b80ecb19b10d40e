import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DriveHealth } from '../../../core/api/drive.ts';
import { DriveMemory } from '../../../core/helper/drive-memory.ts';
import { SILENT_LOG } from '../../../core/monitoring/log.ts';
import { drive } from '../cli/support/example-status.ts';
import { MemoryFile } from './support/memory-file.ts';

const HEALTH: DriveHealth = {
  seenMs: 1_000,
  poolState: 'ONLINE',
  readCount: 0,
  writeCount: 0,
  checksumCount: 0,
  isDamaged: false,
  lastScrub: { endedMs: 500, repairedBytes: 0, errorCount: 0 },
  neverScrubbed: false,
  scrub: null,
};
const SCRUB = { sinceMs: 900, isPaused: false, fraction: 0.5, doneBytes: 5, totalBytes: 10 };

const open = (file: MemoryFile | null) => DriveMemory.open(file, SILENT_LOG);

describe('what is remembered of drives', () => {
  it('is told by the next daemon as long as nobody knows better', async () => {
    const file = new MemoryFile();
    const first = await open(file);
    expect(first.tell(drive('away'))).toEqual(drive('away'));
    first.tell(drive('busy', { sizeBytes: 10, freeBytes: 4, health: HEALTH }));
    await first.settled();
    const second = await open(file);
    expect(second.tell(drive('away'))).toEqual(drive('away', { sizeBytes: 10, freeBytes: 4, health: HEALTH }));
    expect(second.tell(drive('away', { poolGuid: '2' }))).toEqual(drive('away', { poolGuid: '2' }));
    const newer = { ...HEALTH, seenMs: 2_000, readCount: 3, lastScrub: null };
    // ZFS has forgotten its last scrub.
    expect(second.tell(drive('busy', { sizeBytes: 10, freeBytes: 2, health: newer }))).toMatchObject({
      freeBytes: 2,
      health: { readCount: 3, lastScrub: HEALTH.lastScrub },
    });
  });

  it('how far a scrub is is told, and not kept; nor is every look written down', async () => {
    const file = new MemoryFile();
    const memory = await open(file);
    const told = drive('busy', { health: { ...HEALTH, scrub: SCRUB } });
    expect(memory.tell(told)).toEqual(told);
    await memory.settled();
    const text = file.text;
    expect(text).not.toContain('0.5');
    for (let seenMs = 2_000; seenMs < 60_000; seenMs += 5_000) {
      memory.tell(drive('busy', { health: { ...HEALTH, seenMs, scrub: { ...SCRUB, fraction: seenMs / 100_000 } } }));
    }
    await memory.settled();
    expect(file.text).toBe(text);
    memory.tell(drive('busy', { health: { ...HEALTH, seenMs: 4_000_000 } }));
    await memory.settled();
    expect(file.text).not.toBe(text);
  });

  it('a file with anything in it means that nothing is known', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.jsonValue().map((value) => JSON.stringify(value)),
        ),
        async (text) => {
          const file = new MemoryFile(text);
          const memory = await open(file);
          expect(memory.tell(drive('away'))).toEqual(drive('away'));
        },
      ),
    );
  });

  it('without a file, or with one that cannot be written, lives as long as the process', async () => {
    const full = new MemoryFile();
    full.room = 0;
    for (const file of [null, full]) {
      const memory = await open(file);
      memory.tell(drive('busy', { sizeBytes: 10, freeBytes: 4 }));
      await memory.settled();
      expect(memory.tell(drive('away'))).toMatchObject({ sizeBytes: 10, freeBytes: 4 });
    }
  });
});
