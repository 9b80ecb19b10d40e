/** Point after point on one stage, which is set anew where a point left it broken. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensureLab, type Lab, type Reporter } from '../../test/lab/guests/index.ts';
import type { CampaignHead, JournalEntry } from './journal.ts';

/** Guests, a daemon, and what happens on them. */
export interface Stage<E> {
  /** Comes to the point, interrupts there, and looks at what the next run leaves. */
  strike(index: number): Promise<E>;
  /** The last lines of what the daemon said. */
  log(lines: number): string;
  close(): Promise<void>;
}

/** One way of making life hard. */
export interface Torment<E extends JournalEntry> {
  /** The stage with everything well on it; throws where it is not. */
  setStage(lab: Lab, instance: string, report: Reporter): Promise<Stage<E>>;
  /** The point could not be brought to its end. */
  failed(index: number, why: string, durationMs: number): E;
  /** For whoever watches. */
  lineOf(entry: E): string;
}

export interface CampaignOptions<E extends JournalEntry> {
  readonly torment: Torment<E>;
  /** Of the pair of guests, without the OpenZFS. */
  readonly instance: string;
  readonly head: CampaignHead;
  readonly done: ReadonlySet<number>;
  /** No point begins after that; null for no end. */
  readonly limitMs: number | null;
  readonly asked: () => boolean;
  readonly report: Reporter;
  readonly print: (line: string) => void;
  /** Where to put what the daemon said, should a point fail. */
  readonly logFile: (index: number) => string;
  readonly note: (entry: E) => void;
}

const LOG_LINES = 400;

/** Resolves when all points are done, or the time is over. */
export async function runCampaign<E extends JournalEntry>(options: CampaignOptions<E>): Promise<void> {
  const { head, done, limitMs, print, torment } = options;
  const lab = await ensureLab({ zfs: head.zfs, report: options.report });
  const startedMs = performance.now();
  const instance = `${options.instance}-${head.zfs}`;
  let stage: Stage<E> | null = null;
  const strike = async (): Promise<void> => {
    const old = stage;
    stage = null;
    await old?.close().catch(() => undefined);
    if (old !== null) await lab.down(instance);
  };
  try {
    for (let index = head.skip; index < head.points; index++) {
      if (done.has(index)) continue;
      if (options.asked() || (limitMs !== null && performance.now() - startedMs > limitMs)) break;
      stage ??= await torment.setStage(lab, instance, options.report);
      const entry = await strikeOnce(torment, stage, index);
      options.note(entry);
      const number = String(index + 1).padStart(String(head.points).length);
      print(`${number}/${head.points} ${torment.lineOf(entry)}`);
      if (entry.violations.length === 0) continue;
      const file = options.logFile(index);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${JSON.stringify(entry, null, 2)}\n${stage.log(LOG_LINES)}\n`);
      for (const violation of entry.violations) print(`       ${violation}`);
      print(`       what the daemon said: ${file}`);
      await strike();
    }
  } finally {
    await strike();
  }
}

async function strikeOnce<E extends JournalEntry>(torment: Torment<E>, stage: Stage<E>, index: number): Promise<E> {
  const startedMs = performance.now();
  try {
    return await stage.strike(index);
  } catch (thrown) {
    const why = `it did not come to an end: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    return torment.failed(index, why, Math.round(performance.now() - startedMs));
  }
}
