/** Small things that the shell keeps in files of the person's own: read as a whole, written whole or not at all. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';

const FILE_BYTES_MAX = 1024 * 1024;

/** What is there; `otherwise` where nothing is, or nothing that can be read: none of it is worth more than being asked again. */
export async function readKept<T>(file: string, schema: z.ZodType<T>, otherwise: T): Promise<T> {
  try {
    const text = await readFile(file, 'utf8');
    return text.length > FILE_BYTES_MAX ? otherwise : schema.parse(JSON.parse(text));
  } catch {
    return otherwise;
  }
}

/** Keeps values in a file, one after the other, the newest last. What cannot be written is left out. */
export function keepIn<T>(file: string): (value: T) => void {
  let work: Promise<void> = Promise.resolve();
  return (value) => {
    work = work.then(() => writeWhole(file, JSON.stringify(value))).catch(() => {});
  };
}

/** Writes it whole or not at all. Rejects with the error of the system. */
export async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const beside = `${file}.new`;
  await writeFile(beside, text, { mode: 0o600 });
  await rename(beside, file);
}
