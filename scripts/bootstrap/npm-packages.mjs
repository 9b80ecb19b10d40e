import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { installedFits, stampOf } from './npm-fit.mjs';
import { inPhase, runQuietly } from './phase.mjs';
import { pinnedNode } from './platform.mjs';
import { SetupError } from './setup-error.mjs';

/**
 * Makes node_modules fit package-lock.json. A stamp with the hash of the lock file is written when everything is there, so
 * an installation that was interrupted is begun again; when the stamp fits, nothing is run and no network is needed.
 *
 * @param {string} root
 * @param {(text: string) => void} say
 */
export async function ensureNpmPackages(root, say) {
  if (isSetUp(root)) return;
  await withLock(join(root, '.cache', 'bootstrap.lock'), say, async (lockFd) => {
    // Somebody else may have done it while we waited for the lock.
    if (isSetUp(root)) return;
    const stampFile = stampFileOf(root);
    rmSync(stampFile, { force: true });
    if (!alreadyFits(root)) await inPhase('npm packages', say, () => install(root, lockFd));
    if (!existsSync(pinnedNode(root)))
      throw new SetupError(`npm did not install the pinned Node (${pinnedNode(root)}).`);
    writeFileSync(stampFile, `${wantedStamp(root)}\n`);
  });
}

/** @param {string} root @param {number} lockFd */
async function install(root, lockFd) {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--engine-strict=false', '--prefer-offline'];
  const result = await runQuietly('npm', [...args, '--loglevel=error'], { cwd: root, lockFd });
  if (result.ok) return;
  throw new SetupError(`The npm packages could not be installed ("npm ${args.join(' ')}"):\n${result.tail}`);
}

/** @param {string} root */
const stampFileOf = (root) => join(root, 'node_modules', '.snapferry-stamp');

/** @param {string} root */
const wantedStamp = (root) =>
  stampOf(readFileSync(join(root, 'package-lock.json'), 'utf8'), process.platform, process.arch);

/** @param {string} root */
function isSetUp(root) {
  return readIfThere(stampFileOf(root)).trim() === wantedStamp(root) && existsSync(pinnedNode(root));
}

/**
 * Whoever ran npm by hand has nothing to install again.
 *
 * @param {string} root
 */
function alreadyFits(root) {
  const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const installedText = readIfThere(join(root, 'node_modules', '.package-lock.json'));
  return installedFits(lockText, installedText, process.platform, process.arch) && existsSync(pinnedNode(root));
}

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
