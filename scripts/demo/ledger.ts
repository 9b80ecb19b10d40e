/** Adds up what runs did from the statuses that were seen of them. */
import type { DaemonStatus } from '../../core/api/status.ts';

interface RunTotals {
  readonly bytesSent: number;
  readonly destroyed: number;
}

export class Ledger {
  /** By job and start of the run: a later status of the same run replaces an earlier one. */
  readonly #runs = new Map<string, RunTotals>();
  #resumedFromBytes = 0;

  note(status: DaemonStatus): void {
    for (const job of status.jobs) {
      if (job.replication === null) continue;
      const datasets = job.replication.attempts.flatMap((attempt) => attempt.datasets);
      const steps = datasets.flatMap((dataset) => dataset.steps);
      for (const { resumedFromBytes } of steps) {
        this.#resumedFromBytes = Math.max(this.#resumedFromBytes, resumedFromBytes ?? 0);
      }
      const destroyed = job.pruning.flatMap((report) => report.datasets);
      this.#runs.set(`${job.name} ${job.replication.startedAtMs}`, {
        bytesSent: steps.reduce((sum, step) => sum + step.bytesReplicated, 0),
        destroyed: destroyed.reduce((sum, dataset) => sum + dataset.destroyedCount, 0),
      });
    }
  }

  /** Runs of a job that were seen. */
  runsOf(job: string): number {
    return [...this.#runs.keys()].filter((key) => key.startsWith(`${job} `)).length;
  }

  get bytesSent(): number {
    return [...this.#runs.values()].reduce((sum, run) => sum + run.bytesSent, 0);
  }

  get destroyed(): number {
    return [...this.#runs.values()].reduce((sum, run) => sum + run.destroyed, 0);
  }

  get resumedFromBytes(): number {
    return this.#resumedFromBytes;
  }
}
