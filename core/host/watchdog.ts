/** Notices that nothing moves. It knows no total time: a slow transfer is not a stalled one. */

export interface Watchdog {
  /** Something moved; with `pauseMs` nothing is expected to move for that long. Cheap: called for every chunk. */
  touch(pauseMs?: number): void;
  stop(): void;
}

/** Calls `onStall` once when nothing moved for `stallMs`. Monotonic, so a suspended laptop does not count as a stall. */
export function createWatchdog(stallMs: number, onStall: () => void): Watchdog {
  let movedMs = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const arm = (delayMs: number): void => {
    timer = setTimeout(() => {
      const leftMs = movedMs + stallMs - performance.now();
      if (leftMs > 0) arm(leftMs);
      else onStall();
    }, delayMs);
  };
  arm(stallMs);
  return {
    touch(pauseMs = 0) {
      movedMs = performance.now() + pauseMs;
    },
    stop() {
      clearTimeout(timer);
    },
  };
}
