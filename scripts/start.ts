/** `npm start`: this machine's own backups where they are configured, a demonstration on real OpenZFS otherwise. */
import { existsSync } from 'node:fs';
import { Command, Option } from 'commander';
import { runDemo } from './demo/demo.ts';
import { chooseMode, FOREIGN_CONFIG, OWN_CONFIG } from './demo/mode.ts';
import { runOwn, showForeign } from './demo/own.ts';

interface StartOptions {
  readonly once?: true;
  readonly report?: string;
  readonly zfs: 'stable' | 'backports';
}

const program = new Command('npm start --')
  .description(
    `Where this machine's kernel has ZFS and ${OWN_CONFIG} exists: starts the daemon and shows its status.
With ${FOREIGN_CONFIG} instead: shows what would be sent and destroyed, and changes nothing.
Otherwise a demonstration in two virtual machines with real OpenZFS: a workstation is backed up to a NAS over ssh, cut off
in the middle, resumed where it stopped, thinned out by rule, and every file is compared.`,
  )
  .option('--once', 'end after the demonstration, with exit code 0 only if everything held')
  .option('--report <file>', 'write the result of the demonstration as JSON')
  .addOption(
    new Option('--zfs <flavour>', "OpenZFS of the demonstration: the Debian release's own, or its backports'")
      .choices(['stable', 'backports'])
      .default('stable'),
  )
  .showHelpAfterError()
  .action(async (options: StartOptions) => {
    const mode = chooseMode({ kernelHasZfs: existsSync('/sys/module/zfs'), exists: existsSync });
    switch (mode) {
      case 'own':
        process.exitCode = await runOwn();
        break;
      case 'foreign':
        process.exitCode = await showForeign();
        break;
      case 'demo':
        process.exitCode = await runDemo({
          once: options.once === true,
          reportFile: options.report ?? null,
          zfs: options.zfs,
        });
        break;
    }
  });

await program.parseAsync();
