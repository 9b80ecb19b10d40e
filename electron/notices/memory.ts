/** What the shell remembers of notices beyond its own life, so that nobody is told twice after a new start. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const key = z.string().max(1024);
const timeMs = z.number().int().nonnegative();

const toldSchema = z.strictObject({ atMs: timeMs, level: z.number().int(), stands: z.boolean() });

const memorySchema = z.strictObject({
  /** By the key of the cause. */
  told: z.record(key, toldSchema),
  /** Until when nothing is said of a cause. */
  snoozed: z.record(key, timeMs),
  firstsDone: z.array(key).max(10_000),
  /** It was said that this desktop shows no icon. */
  trayMissed: z.boolean(),
});

export type Told = Readonly<z.infer<typeof toldSchema>>;
export interface NoticeMemory {
  readonly told: Readonly<Record<string, Told>>;
  readonly snoozed: Readonly<Record<string, number>>;
  readonly firstsDone: readonly string[];
  readonly trayMissed: boolean;
}

export const NOTHING_TOLD: NoticeMemory = { told: {}, snoozed: {}, firstsDone: [], trayMissed: false };

const FILE_BYTES_MAX = 1024 * 1024;

/** Reads it; what is not there, or not readable, is forgotten: the worst is to be told twice. */
export async function readMemory(file: string): Promise<NoticeMemory> {
  try {
    const text = await readFile(file, 'utf8');
    return text.length > FILE_BYTES_MAX ? NOTHING_TOLD : memorySchema.parse(JSON.parse(text));
  } catch {
    return NOTHING_TOLD;
  }
}

/** In the person's own folder for state, see the XDG Base Directory Specification. */
export function memoryFileOf(env: Readonly<Record<string, string | undefined>>): string {
  const state = env.XDG_STATE_HOME ?? '';
  return join(state === '' ? join(homedir(), '.local', 'state') : state, 'snapferry', 'notices.json');
}

/** Keeps memories in a file, one after the other, the newest last. What cannot be written is left out. */
export function rememberIn(file: string): (memory: NoticeMemory) => void {
  let work: Promise<void> = Promise.resolve();
  return (memory) => {
    work = work.then(() => writeMemory(file, memory)).catch(() => {});
  };
}

/** Writes it whole or not at all. Rejects with the error of the system. */
async function writeMemory(file: string, memory: NoticeMemory): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const beside = `${file}.new`;
  await writeFile(beside, JSON.stringify(memory), { mode: 0o600 });
  await rename(beside, file);
}
