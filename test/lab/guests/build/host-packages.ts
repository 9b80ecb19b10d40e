import { ExecError, exec } from './exec.ts';
import { inPhase, type Reporter } from './report.ts';

/** Debian packages that building and running the lab needs on the machine itself. */
export const LAB_DEBIAN_PACKAGES: readonly string[] = [
  'bc',
  'bison',
  'busybox-static',
  'cpio',
  'debian-archive-keyring',
  'debootstrap',
  'dpkg-dev',
  'e2fsprogs',
  'flex',
  'gawk',
  'gcc',
  'gcc-12',
  'kmod',
  'libc6-dev',
  'libelf1',
  'make',
  'openssh-client',
  'qemu-system-x86',
  'qemu-utils',
  'util-linux',
  'xz-utils',
];

/** Those of {@link LAB_DEBIAN_PACKAGES} that are not installed. Throws when this is no Debian machine. */
export async function missingDebianPackages(): Promise<string[]> {
  const listing = await exec(['dpkg-query', '-W', '-f', '${db:Status-Status} ${Package}\\n']).catch(
    (error: unknown) => {
      throw new Error('the lab needs a Debian machine on x86-64: dpkg-query does not run here', { cause: error });
    },
  );
  const installed = new Set(
    listing
      .split('\n')
      .filter((line) => line.startsWith('installed '))
      .map((line) => line.slice('installed '.length)),
  );
  return LAB_DEBIAN_PACKAGES.filter((name) => !installed.has(name));
}

/**
 * Installs what is missing with apt-get, as root or through `sudo -n`. Throws an error that holds the one line to run
 * where neither is possible or apt-get fails.
 */
export async function installMissingPackages(report: Reporter): Promise<void> {
  const missing = await missingDebianPackages();
  if (missing.length === 0) return;
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...missing];
  const options = { asRoot: true, env: { DEBIAN_FRONTEND: 'noninteractive' } };
  await inPhase(report, `installing ${missing.length} Debian packages`, async () => {
    try {
      // First without fetching lists: where they are fresh enough, that saves a round to the mirror.
      await exec(install, options).catch(async () => {
        await exec(['apt-get', '-qq', 'update'], options);
        await exec(install, options);
      });
    } catch (error) {
      const detail = error instanceof ExecError ? error.tail : '';
      throw new Error(
        `the lab needs Debian packages that could not be installed. Run:\n  sudo ${install.join(' ')}\n${detail}`,
        {
          cause: error,
        },
      );
    }
  });
}
