/** Whether a first copy has room. Pure. */

/** Estimates are of streams; what they become on a pool is a little more. */
const MARGIN = 1.05;

/** @param sentBytes as estimated */
export function isRoomFor(sentBytes: number, availableBytes: number): boolean {
  return availableBytes >= sentBytes * MARGIN;
}
