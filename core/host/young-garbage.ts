/** Lets go of short-lived buffers before they count as pressure. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Where it is best: at half of it the collections cost more, at the double of it the full ones come back. */
const EVERY_BYTES = 4 * 1024 * 1024;

/** Found at the first connection: looking for it makes a whole new global scope. */
let known: (() => void) | null | undefined;

function youngCollection(): (() => void) | null {
  if (known === undefined) known = findYoungCollection();
  return known;
}

/** What `node --expose-gc` would have put in the global scope; null where V8 has it no more. */
function findYoungCollection(): (() => void) | null {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('globalThis.gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof found !== 'function') return null;
  return () => Reflect.apply(found, undefined, [{ type: 'minor' }]);
}

/**
 * To be told of every buffer that is garbage soon. Each encrypted packet is a buffer outside of the heap; V8 learns of them
 * only as pressure, and answers with some fifty full collections per GiB that find nothing to move. One of the young
 * generation after every 4 MiB frees them at a hundredth of the cost: in all, half of the processor time of an ssh transfer.
 */
export function createYoungCollector(collect: (() => void) | null = youngCollection()): (sizeBytes: number) => void {
  let sinceBytes = 0;
  return (sizeBytes) => {
    sinceBytes += sizeBytes;
    if (sinceBytes < EVERY_BYTES) return;
    sinceBytes = 0;
    collect?.();
  };
}
