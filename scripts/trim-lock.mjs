/**
 * Run by hand after the dependencies have changed: node scripts/trim-lock.mjs
 *
 * Takes the Node version that optional packages ask for out of package-lock.json. npm leaves such a package out, in silence,
 * when the Node that npm itself runs on is too old; but here everything runs on the pinned Node, and the one that runs npm is
 * whatever the distribution has.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const file = join(dirname(dirname(fileURLToPath(import.meta.url))), 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
for (const entry of Object.values(lock.packages)) {
  if (entry.optional === true) delete entry.engines;
}
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
