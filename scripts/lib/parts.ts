import { watchInterrupts } from './interrupt.ts';
import { addTotals, NOTHING, ONE_FAILED, ONE_PASSED, type Totals } from './totals.ts';

/** One thing that is looked at on its own. */
export interface Part {
  readonly name: string;
  /** What it found wrong, ready to print; null when all is well. Throwing counts as wrong too. */
  readonly run: () => Promise<string | null>;
}

export interface PartsResult {
  readonly totals: Totals;
  /** Names of the parts that failed. */
  readonly failed: readonly string[];
}

/**
 * Runs every part, also after one that failed, and prints how each went and how long it took. Asked to end, it runs no
 * further one, and that counts as a failure.
 */
export async function runParts(parts: readonly Part[], print: (line: string) => void): Promise<PartsResult> {
  let totals = NOTHING;
  const failed: string[] = [];
  using interrupts = watchInterrupts();
  for (const part of parts) {
    if (interrupts.asked()) {
      failed.push('interrupted');
      totals = addTotals(totals, ONE_FAILED);
      break;
    }
    const startedMs = performance.now();
    const wrong = await part
      .run()
      .catch((error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error)));
    const time = `${((performance.now() - startedMs) / 1000).toFixed(1)} s`;
    if (wrong !== null) {
      failed.push(part.name);
      print(wrong.trimEnd());
    }
    print(`== ${part.name}: ${wrong === null ? 'ok' : 'FAILED'} (${time})`);
    totals = addTotals(totals, wrong === null ? ONE_PASSED : ONE_FAILED);
  }
  return { totals, failed };
}
