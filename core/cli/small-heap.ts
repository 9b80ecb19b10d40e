/** A daemon runs for months beside everything else on a workstation: what it does not need it should not hold. */
import { setFlagsFromString } from 'node:v8';

/**
 * The heap grows by halves instead of multiples, and its nursery not at all. With a hundred thousand snapshots on either side
 * that is half the memory at rest, for a run that takes some hundred milliseconds more. The nursery is collected by one thread:
 * there is so little in it that helpers cost more than they do, an eighth of the processor time of an ssh transfer. See
 * `node --v8-options`.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=50');
  setFlagsFromString('--no-parallel-scavenge');
}
