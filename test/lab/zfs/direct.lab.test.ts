/** Transfers on one machine, where both programs hold the ends of one kernel pipe: run inside a guest, on its own Node. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle } from '../../../scripts/build/bundle.ts';
import { type Guests, poolName, withPool } from '../guests/index.ts';
import { guestsOfSuite } from '../suite.ts';

/** Nine checks in one run, on an emulated machine: this only ends what hangs. */
const RUN_LIMIT_MS = 540_000;

let guests: Guests | undefined;
let folder: string | undefined;
beforeAll(async () => {
  guests = await guestsOfSuite();
  folder = await mkdtemp(join(tmpdir(), 'snapferry-lab-direct-'));
});
afterAll(async () => {
  guests?.close();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

test('on one machine the kernel carries the bytes, and no ending leaves anything behind', async () => {
  if (guests === undefined || folder === undefined) throw new Error('there are no guests');
  const { workstation } = guests;
  const outFile = join(folder, 'direct.mjs');
  await bundle({ entry: join(import.meta.dirname, 'in-guest', 'direct.ts'), outFile, version: 'lab' });
  await workstation.copyIn(outFile, '/opt/lab/direct.mjs');
  await withPool(workstation, { name: `${poolName('direct')} p`, sizeMiB: 1024 }, async (pool) => {
    const { stdout, stderr } = await workstation.run(['/opt/tools/bin/node', '/opt/lab/direct.mjs', pool.name], {
      timeoutMs: RUN_LIMIT_MS,
    });
    const results = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line): unknown => JSON.parse(line));
    expect(stderr).toBe('');
    expect(
      results.filter((result) => !(result instanceof Object && 'problem' in result && result.problem === null)),
    ).toEqual([]);
    expect(results).toHaveLength(9);
  });
}, 600_000);
