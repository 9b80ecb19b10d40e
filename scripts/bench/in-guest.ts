/** Runs one bench inside a fresh workstation guest: bundled into one file, on the guest's own Node. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureLab, lineReporter, type ZfsFlavour } from '../../test/lab/guests/index.ts';
import { bundle } from '../build/bundle.ts';
import { ROOT } from '../lib/root.ts';

const INSTANCE = 'bench';
const TIMEOUT_MS = 2 * 3600_000;

/** The JSON that the bench printed. The guests are ended afterwards. */
export async function runInGuest(zfs: ZfsFlavour, args: readonly string[]): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'snapferry-bench-'));
  const report = lineReporter((line) => process.stdout.write(`${line}\n`));
  const lab = await ensureLab({ zfs, report });
  const guests = await lab.up({ instance: INSTANCE, fresh: true, endWithUs: true, report });
  try {
    for (const [name, entry] of [
      ['bench', join('test', 'bench', 'guest', 'main.ts')],
      ['snapferry', join('core', 'cli', 'main.ts')],
    ] as const) {
      const outFile = join(folder, `${name}.mjs`);
      await bundle({ entry: join(ROOT, entry), outFile, version: 'bench' });
      await guests.workstation.copyIn(outFile, `/opt/bench/${name}.mjs`);
    }
    const text = await guests.workstation.runOk(['/opt/tools/bin/node', '/opt/bench/bench.mjs', ...args], {
      timeoutMs: TIMEOUT_MS,
      onStderr: (said) => process.stdout.write(said),
    });
    return JSON.parse(text);
  } finally {
    guests.close();
    await lab.down(INSTANCE);
    rmSync(folder, { recursive: true, force: true });
  }
}
