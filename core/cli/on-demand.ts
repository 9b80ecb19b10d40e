/** `snapferry daemon --on-demand`: where no service is installed, a desktop starts the daemon with pkexec for its person. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Installation } from './context.ts';

/** Nobody connected and nothing at work for so long: it ends. */
export const UNUSED_MS = 10 * 60_000;

/** Where there is no configuration yet, one without jobs, as an installation begins with it. What is there is left alone. */
export async function beginConfiguration({ program }: Pick<Installation, 'program'>, file: string): Promise<void> {
  const text = await readFile(join(program, 'linux', 'snapferry.yml'), 'utf8');
  await mkdir(dirname(file), { recursive: true, mode: 0o755 });
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o640 });
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
  }
}
