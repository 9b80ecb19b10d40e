import { expect, test } from 'vitest';
import { createYoungCollector } from '../../../core/host/young-garbage.ts';

const MIB = 1024 * 1024;

test('what is garbage soon is collected every 4 MiB', () => {
  let collections = 0;
  const tell = createYoungCollector(() => {
    collections += 1;
  });
  for (let packet = 0; packet < 1024; packet++) tell(MIB / 32);
  expect(collections).toBe(8);
});

test('this V8 has a young collection, and without one nothing happens', () => {
  expect(() => createYoungCollector()(4 * MIB)).not.toThrow();
  expect(() => createYoungCollector(null)(4 * MIB)).not.toThrow();
  expect(globalThis.gc).toBeUndefined();
});

test('buffers that were let go do not pile up', () => {
  const tell = createYoungCollector();
  const beforeBytes = process.memoryUsage().arrayBuffers;
  let mostBytes = 0;
  for (let packet = 0; packet < 4096; packet++) {
    Buffer.allocUnsafeSlow(32 * 1024);
    tell(32 * 1024);
    mostBytes = Math.max(mostBytes, process.memoryUsage().arrayBuffers - beforeBytes);
  }
  expect(mostBytes).toBeLessThan(12 * MIB);
});
