/**
 * The commands of this repository: what `--help` says before anything is installed, and which Debian packages a command
 * needs. The work of a command is in scripts/<name>.ts.
 */

/**
 * @typedef {object} Command
 * @property {string} usage how it is called
 * @property {string} summary one line
 * @property {string} [details] what `--help` adds
 * @property {(args: readonly string[]) => boolean} [needsLab] whether the packages of the lab are needed
 * @property {(args: readonly string[]) => boolean} [needsDesktop] whether a desktop without a screen is needed
 * @property {readonly string[]} [debianPackages] what it needs beside that
 * @property {(args: readonly string[]) => boolean} [needsBrowser] whether Debian's Chromium and a font are needed
 * @property {boolean} [subcommands] whether `--help` behind the first argument is for a subcommand
 * @property {boolean} [counts] its last line is "N passed, N failed, N skipped"
 */

import { existsSync } from 'node:fs';

/** What building and running the virtual machines of the lab needs on this machine. */
export const LAB_DEBIAN_PACKAGES = [
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

/** What showing the window needs on this machine. */
export const BROWSER_DEBIAN_PACKAGES = ['chromium', 'fonts-inter'];

/** A desktop without a screen: a panel that shows icons of programs, and a server of notices. */
export const DESKTOP_DEBIAN_PACKAGES = ['dbus-x11', 'dunst', 'imagemagick', 'xdotool', 'xfce4-panel', 'xvfb'];

/** Whether `npm test` runs a suite: all unless some are named. @param {readonly string[]} args @param {string} suite */
function runsSuite(args, suite) {
  const named = ['--unit', '--e2e', '--lab'].filter((one) => args.includes(one));
  return named.length === 0 || named.includes(`--${suite}`);
}

/** Whether `npm start` needs the lab on this machine: everywhere but where there is something of its own to run or show. */
function startShowsLab() {
  const configured = ['/etc/snapferry/snapferry.yml', '/etc/zrepl/zrepl.yml'].some((path) => existsSync(path));
  return !(existsSync('/sys/module/zfs') && configured);
}

/** @type {Readonly<Record<string, Command | undefined>>} */
export const COMMANDS = {
  start: {
    usage: 'npm start -- [options]',
    summary: 'backs up this machine where it is configured, and shows how it works in a lab where not',
    details: `Where the kernel has ZFS and /etc/snapferry/snapferry.yml exists: starts the daemon and shows its status.
With /etc/zrepl/zrepl.yml instead: shows what its jobs would send and destroy; changes nothing.
Otherwise two virtual machines with real OpenZFS are built (minutes, once) and started: a workstation is backed up to a
NAS over ssh, cut off in the middle, resumed, thinned out by rule, and every file is compared.

  --once            end after the demonstration; exit code 0 only if everything held
  --report FILE     write its result as JSON
  --zfs FLAVOUR     which OpenZFS it runs: "stable", the Debian release's own (default), or "backports"
`,
    needsLab: () => startShowsLab(),
  },
  test: {
    usage: 'npm test -- [--unit] [--e2e] [--lab] [--filter TEXT] [--zfs stable|backports] [--coverage]',
    summary: 'runs the tests',
    details: `Without --unit, --e2e or --lab all suites run. The last line is "N passed, N failed, N skipped".

  --unit            the unit tests only; nothing but the npm packages is needed
  --e2e             the window in a browser and the desktop's part on a panel only, without a screen
  --lab             the lab tests only: real OpenZFS in virtual machines, which the first run builds
  --filter TEXT     only test files whose path contains TEXT
  --zfs FLAVOUR     which OpenZFS the lab runs: "stable", the Debian release's own (default), or "backports"
  --coverage        measure the line coverage of core/ by the unit tests (report in coverage/)
`,
    needsLab: (args) => runsSuite(args, 'lab'),
    needsBrowser: (args) => runsSuite(args, 'e2e'),
    needsDesktop: (args) => runsSuite(args, 'e2e'),
    counts: true,
  },
  build: {
    usage: 'npm run build',
    summary: 'bundles the command line into dist/snapferry.mjs',
    details: `dist/snapferry.mjs is one file that needs Node 24 or newer and no node_modules.
dist/THIRD-PARTY-LICENSES.txt holds the licences of what is bundled.
`,
  },
  package: {
    usage: 'npm run package -- [--dir]',
    summary: 'packs Snapferry with Electron: deb, rpm and AppImage in dist/packages',
    details: `Needs Electron's program ("npx install-electron"), and fetches electron-builder (packaging/package-lock.json), which fetches
the tools that make packages.

  --dir             only lay the files together in dist/packages/linux-unpacked
`,
  },
  check: {
    usage: 'npm run check',
    summary: 'checks lint, types, arrows between the folders, and unused code',
    details: `Goes on after a part that fails and names all failures at the end.
"node_modules/.bin/biome check --write" repairs what can be repaired by itself.
`,
  },
  ci: {
    usage: '.ci/run',
    summary: 'everything that must pass: check, build, all tests, coverage',
    details: `The last line is "N passed, N failed, N skipped": the tests, and each other part as one.
`,
    needsLab: () => true,
    needsBrowser: () => true,
    needsDesktop: () => true,
    // Tests of ssh against a real sshd are skipped where there is none: nobody's `npm test` installs a server that listens.
    debianPackages: ['openssh-server'],
    counts: true,
  },
  lab: {
    usage: 'npm run lab -- [command]',
    summary: 'two virtual machines with real OpenZFS, "workstation" and "nas"',
    details: `  build             build the machines into the cache: minutes the first time, nothing after that
  up                start both; they stay up until "down"
  down              end both
  shell MACHINE     a root shell in one that is up
  status            which are up

"npm run lab -- COMMAND --help" says more of one of these.
`,
    subcommands: true,
    needsLab: () => true,
  },
  simulate: {
    usage: 'npm run simulate -- [--seeds N] [--from S] [--time 10m] [--coverage] [--mutants]',
    summary: 'runs the whole engine in a simulated household where everything goes wrong',
    details: `Prints seeds a second and effects a minute. A seed that fails is made small and its timeline is printed.

  --seeds N         so many seeds (2000); with --mutants: give up on a defect after so many
  --from S          the first seed (1)
  --time 10m        end after this time
  --coverage        list where faults came and which problems were told of
  --mutants         put defects into the engine, one by one, and count the seeds until each is noticed
  --first           end at the first failure and print only its seed
`,
  },
  screenshots: {
    usage: 'npm run screenshots -- [--only NAME] [--out FOLDER]',
    summary: 'takes the pictures of the user guide',
    details: `Builds the window, shows it in Debian's Chromium with made-up households, light and dark, and writes the pictures into
docs/user-guide/pictures.

  --only NAME       only pictures whose name contains NAME
  --out FOLDER      write them there instead
`,
    needsBrowser: () => true,
  },
  torture: {
    usage:
      'npm run torture -- [--points N] [--from SEED] [--skip N] [--zfs stable|backports] [--time 10m] [--resume] [--figures]',
    summary: 'interrupts real runs on real OpenZFS at chosen and random points, and looks at what is left',
    details: `In the lab: SIGKILL of the daemon, of what starts programs for it, of zfs; the link cut; either machine reset. The next run
must end well, every file must be equal on both sides, and only the right marks may be there. Half an hour to hours.

  --points N        so many points: the chosen ones first, then those of seeds (200)
  --from SEED       the first seed (1)
  --skip N          leave out the first N points, which another campaign has done (0)
  --zfs FLAVOUR     which OpenZFS: "stable", the Debian release's own (default), or "backports"
  --time 10m        begin no further point after this time
  --resume          go on with the last campaign on this OpenZFS, as it was begun
  --figures         only print the figures of the last campaign
`,
    needsLab: (args) => !args.includes('--figures'),
  },
  bench: {
    usage: 'npm run bench -- [options]',
    summary: 'measures speed',
    needsLab: () => true,
    details: `Writes docs/benchmarks.md. The benches named ssh need an sshd on this machine, which is started on loopback for them
(Debian: openssh-server).
`,
  },
};

/** The Debian packages that a command needs. @param {string} name @param {readonly string[]} args */
export function debianPackagesOf(name, args) {
  const command = COMMANDS[name];
  const lab = command?.needsLab?.(args) === true ? LAB_DEBIAN_PACKAGES : [];
  const browser = command?.needsBrowser?.(args) === true ? BROWSER_DEBIAN_PACKAGES : [];
  const desktop = command?.needsDesktop?.(args) === true ? DESKTOP_DEBIAN_PACKAGES : [];
  return [...lab, ...browser, ...desktop, ...(command?.debianPackages ?? [])];
}

/**
 * Whether help on the command itself is asked for; what stands behind "--" is no option.
 *
 * @param {Command} command @param {readonly string[]} args
 */
export function wantsHelp(command, args) {
  const separator = args.indexOf('--');
  const end = command.subcommands === true ? 1 : separator === -1 ? args.length : separator;
  return args.slice(0, end).some((arg) => arg === '--help' || arg === '-h');
}

/** @param {string} name @param {Command} command @param {boolean} present whether this version has the command's script */
export function helpOf(name, command, present) {
  const absent = present ? '' : `\n"${name}" is not part of this version: there is no scripts/${name}.ts.\n`;
  const details = command.details === undefined ? '' : `\n${command.details}`;
  return `${command.usage}\n\n${name}: ${command.summary}.\n${details}${absent}`;
}

/** All commands in one view. */
export function overview() {
  const room = Math.max(...Object.keys(COMMANDS).map((name) => name.length)) + 2;
  const lines = Object.entries(COMMANDS).map(([name, command]) => `  ${name.padEnd(room)}${command?.summary ?? ''}`);
  return `node scripts/bootstrap.mjs COMMAND [options]\n\n${lines.join('\n')}\n\nCOMMAND --help says more.\n`;
}
