/** What a phase is doing when it is reported. `going` is a heartbeat. */
export type PhaseState = 'begin' | 'going' | 'done';

/**
 * Told about every phase of building or starting the lab: when it begins (elapsed 0), every few seconds while it goes
 * on, and when it is done. A reporter that only wants two arguments may ignore the third.
 */
export type Reporter = (phase: string, elapsedMs: number, state: PhaseState) => void;

const heartbeatMs = 5_000;

/** Runs one phase and reports it. Errors pass through; a failed phase is never reported as done. */
export async function inPhase<T>(report: Reporter, phase: string, work: () => Promise<T>): Promise<T> {
  const startedMs = performance.now();
  const elapsedMs = () => Math.round(performance.now() - startedMs);
  report(phase, 0, 'begin');
  const heartbeat = setInterval(() => report(phase, elapsedMs(), 'going'), heartbeatMs);
  try {
    const result = await work();
    report(phase, elapsedMs(), 'done');
    return result;
  } finally {
    clearInterval(heartbeat);
  }
}

/** A reporter that says nothing. */
export const silent: Reporter = () => undefined;

/** A reporter for people: one line when a phase begins, one every half minute, one with the time when it is done. */
export function lineReporter(print: (line: string) => void): Reporter {
  return (phase, elapsedMs, state) => {
    const seconds = `${(elapsedMs / 1000).toFixed(1)} s`;
    if (state === 'done') print(`  done   ${phase} (${seconds})`);
    else if (state === 'begin') print(`  ...    ${phase}`);
    else if (Math.round(elapsedMs / heartbeatMs) % 6 === 0) print(`  still  ${phase} (${seconds})`);
  };
}
