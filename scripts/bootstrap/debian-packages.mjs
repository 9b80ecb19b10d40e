import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { inPhase, runQuietly } from './phase.mjs';
import { SetupError } from './setup-error.mjs';

/** A package list being read by somebody else is waited for this long. */
const APT_LOCK_SECONDS = 600;

/** Not every user has the folders of administration in the path; apt and dpkg need them. */
const environment = {
  ...process.env,
  LC_ALL: 'C',
  DEBIAN_FRONTEND: 'noninteractive',
  PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin`,
};

/**
 * Installs those of the wanted Debian packages that are not there, as root or through `sudo -n`; where neither is possible,
 * the error holds the one line to run. npm counts as there when the program is, whoever brought it.
 *
 * @param {readonly string[]} wanted
 * @param {(text: string) => void} say
 */
export async function ensureDebianPackages(wanted, say) {
  const needed = hasProgram('npm') ? wanted : ['npm', ...wanted];
  if (needed.length === 0) return;
  const listing = await runQuietly('dpkg-query', ['-W', '-f', '${db:Status-Status} ${Package}\\n', ...needed], {
    env: environment,
  });
  if (listing.missing) {
    throw new SetupError(
      `This needs what these Debian packages contain, and only Debian can be set up by itself:\n  ${needed.join(' ')}\n` +
        'The unit tests need nothing of it but npm: npm test -- --unit',
    );
  }
  const missing = missingFrom(needed, listing.stdout);
  if (missing.length === 0) return;
  const prefix = await rootPrefix();
  if (prefix === null) {
    throw new SetupError(`Debian packages are missing. Run this, then try again:\n  sudo ${lineFor(missing)}`);
  }
  await inPhase(`Debian packages (${missing.join(' ')})`, say, () => install(missing, prefix));
}

/**
 * Those of `needed` that a listing of `<status> <package>` lines does not call installed. Pure.
 *
 * @param {readonly string[]} needed @param {string} listing
 */
export function missingFrom(needed, listing) {
  const installed = new Set(
    listing
      .split('\n')
      .filter((line) => line.startsWith('installed '))
      .map((line) => line.slice('installed '.length).trim()),
  );
  return needed.filter((name) => !installed.has(name));
}

/** @param {readonly string[]} packages */
const lineFor = (packages) => `apt-get install -y --no-install-recommends ${packages.join(' ')}`;

/** @param {readonly string[]} packages @param {readonly string[]} prefix */
async function install(packages, prefix) {
  /** @param {readonly string[]} argv */
  const asRoot = (argv) => {
    const [program = '', ...args] = [...prefix, ...argv];
    return runQuietly(program, args, { env: environment });
  };
  const apt = [
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '-q',
    '-o',
    `DPkg::Lock::Timeout=${APT_LOCK_SECONDS}`,
  ];
  const argv = [...apt, 'install', '-y', '--no-install-recommends', ...packages];
  // First without fetching the lists: where they are fresh enough that saves a round to the mirror.
  const first = await asRoot(argv);
  if (first.ok) return;
  if (first.tail.includes('dpkg --configure -a')) await asRoot(['dpkg', '--configure', '-a']);
  await asRoot([...apt, 'update']);
  const second = await asRoot(argv);
  if (!second.ok) {
    throw new SetupError(
      `Debian packages could not be installed:\n${second.tail}\nThe line was:\n  sudo ${lineFor(packages)}`,
    );
  }
}

/** What stands in front of a command that has to run as root; null where that is not possible without a password. */
async function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  const sudo = await runQuietly('sudo', ['-n', 'true']);
  return sudo.ok ? ['sudo', '-n', '--'] : null;
}

/** @param {string} name */
function hasProgram(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
