/** Lets the motor of a drive that was exported come to rest, when it has lain still for as long as is wanted. See hdparm(8). */
import { asProblemError, ProblemError } from '../api/problem.ts';
import type { DrivePorts } from './ports.ts';
import type { DriveRecord } from './record.ts';

const LIMITS = { deadlineMs: 60_000, stdoutLimitBytes: 64 * 1024 };
/** A partition below /dev/disk/by-id bears the name of its disk. */
const PARTITION = /-part\d{1,4}$/;

export interface RestParts {
  readonly record: DriveRecord;
  readonly ports: Pick<DrivePorts, 'host' | 'clock' | 'warn'>;
  /** Nobody follows the drive any more. */
  readonly over: AbortSignal;
}

export class DriveRest {
  readonly #parts: RestParts;
  #afterMs: number | null = null;
  #waiting: AbortController | null = null;

  constructor(parts: RestParts) {
    this.#parts = parts;
  }

  /** How long it is to lie still before; null: its motor goes on. */
  want(afterMs: number | null): void {
    this.#afterMs = afterMs;
  }

  /** To be called at every change of the drive. */
  hear(): void {
    if (this.#parts.record.state !== 'safe') {
      this.#waiting?.abort();
      this.#waiting = null;
    } else if (this.#waiting === null && this.#afterMs !== null) {
      this.#waiting = new AbortController();
      void this.#rest(this.#afterMs, AbortSignal.any([this.#waiting.signal, this.#parts.over]));
    }
  }

  async #rest(afterMs: number, signal: AbortSignal): Promise<void> {
    const { record, ports } = this.#parts;
    try {
      await ports.clock.sleep(afterMs, signal);
      const disks = record.members.flatMap(({ byId }) => (byId === null ? [] : [byId.replace(PARTITION, '')]));
      for (const disk of new Set(disks)) {
        const { exit, stderr } = await ports.host.run(['hdparm', '-y', disk], { ...LIMITS, signal });
        if (exit.code !== 0) throw new ProblemError('command-failed', { host: ports.host.label }, { detail: stderr });
      }
    } catch (thrown) {
      if (signal.aborted || record.state !== 'safe') return;
      const raw = asProblemError(thrown);
      ports.warn(raw, 'the motor of a drive could not be brought to rest');
      const { name, pool } = record.target;
      const detail = raw.detail === '' ? raw.message : raw.detail;
      record.set('safe', new ProblemError('drive-not-at-rest', { drive: name, pool }, { detail }));
    }
  }
}
