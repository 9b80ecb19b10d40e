/** `npm run lab`: the two ZFS guests, for people. */
import { Command, Option } from 'commander';
import {
  downInstance,
  ensureLab,
  type GuestName,
  lineReporter,
  openRunning,
  runningInstances,
  type ZfsFlavour,
} from '../test/lab/guests/index.ts';

// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', () => process.exit());
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const report = lineReporter(print);

interface PairOptions {
  readonly zfs: ZfsFlavour;
  readonly instance?: string;
}

const zfsOption = (): Option =>
  new Option('--zfs <flavour>', 'OpenZFS of the Debian release, or of its backports')
    .choices(['stable', 'backports'])
    .default('stable');
const instanceOption = (): Option =>
  new Option('--instance <name>', 'name of the pair of guests (default: the flavour)');

const program = new Command('lab')
  .description('Two QEMU guests with real OpenZFS, workstation and nas, for the platform tests.')
  .showHelpAfterError();

program
  .command('build')
  .description('build the guests into the cache: minutes the first time, nothing after that')
  .addOption(zfsOption())
  .action(async ({ zfs }: PairOptions) => {
    const { built } = await ensureLab({ zfs, report });
    print(`${built.key}: kernel ${built.manifest.kernel}, zfs ${built.manifest.packages['zfsutils-linux'] ?? '?'}`);
  });

program
  .command('up')
  .description('start both guests, building them first where necessary; they stay up until `down`')
  .addOption(zfsOption())
  .addOption(instanceOption())
  .option('--fresh', 'boot anew even if they are up')
  .action(async ({ zfs, instance, fresh }: PairOptions & { readonly fresh?: true }) => {
    const lab = await ensureLab({ zfs, report });
    const guests = await lab.up({ report, fresh: fresh === true, ...(instance === undefined ? {} : { instance }) });
    if (guests.wasUp) print('already up');
    guests.close();
    await status();
  });

program
  .command('down')
  .description('end both guests')
  .addOption(zfsOption())
  .addOption(instanceOption())
  .option('--all', 'end every pair')
  .action(async ({ zfs, instance, all }: PairOptions & { readonly all?: true }) => {
    const names = all === true ? runningInstances().map((state) => state.instance) : [instance ?? zfs];
    for (const name of names) {
      await downInstance(name);
      print(`${name}: down`);
    }
  });

program
  .command('shell')
  .description('a root shell in a guest that is up')
  .argument('<guest>', 'workstation or nas')
  .addOption(zfsOption())
  .addOption(instanceOption())
  .action(async (guest: string, { zfs, instance }: PairOptions) => {
    if (guest !== 'workstation' && guest !== 'nas') program.error(`no such guest: ${guest}`);
    process.exitCode = await shell(guest as GuestName, instance ?? zfs);
  });

program.command('status').description('pids, ports, ZFS version and uptime of the guests that are up').action(status);

async function status(): Promise<void> {
  const running = runningInstances();
  if (running.length === 0) print('no guests are up');
  for (const { instance, accelerator } of running) {
    const guests = openRunning(instance);
    if (guests === undefined) {
      print(`${instance}: not fully up`);
      continue;
    }
    for (const guest of [guests.workstation, guests.nas]) {
      const ask = guest.run('cat /sys/module/zfs/version; cut -d. -f1 /proc/uptime', { timeoutMs: 15_000 });
      const [zfs = '?', uptime = '?'] = await ask.then(
        ({ stdout }) => stdout.trim().split('\n'),
        () => ['does not answer'],
      );
      const where = `pid ${guest.state.process.pid}  ssh 127.0.0.1:${guest.sshPort}`;
      print(`${instance.padEnd(12)} ${guest.name.padEnd(12)} ${where}  zfs ${zfs}  up ${uptime} s  ${accelerator}`);
      print(`${' '.repeat(26)}host key ${guest.hostKeySha256}  serial log ${guest.state.serialLog}`);
    }
    print(`${' '.repeat(26)}private key ${guests.workstation.identityFile}`);
    guests.close();
  }
}

/** Connects this terminal to a root shell; resolves with the shell's exit code. */
async function shell(name: GuestName, instance: string): Promise<number> {
  const guests = openRunning(instance);
  if (guests === undefined) {
    process.stderr.write(`the guests of ${instance} are not up; start them with: npm run lab -- up\n`);
    return 1;
  }
  const { stdin, stdout } = process;
  const window = { rows: stdout.rows ?? 24, cols: stdout.columns ?? 80, term: process.env.TERM ?? 'xterm' };
  const code = await guests[name].ssh.shell(window, (channel) => {
    if (stdin.isTTY) stdin.setRawMode(true);
    stdout.on('resize', () => channel.setWindow(stdout.rows, stdout.columns, 0, 0));
    stdin.pipe(channel);
    channel.pipe(stdout, { end: false });
  });
  if (stdin.isTTY) stdin.setRawMode(false);
  stdin.destroy();
  guests.close();
  return code;
}

try {
  await program.parseAsync(process.argv);
} catch (error) {
  process.stderr.write(`lab: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
