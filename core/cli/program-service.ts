/** `snapferry install-service` and `uninstall-service`, as commander knows them. */
import type { Command } from 'commander';
import type { CliContext } from './context.ts';
import type { ExitCode } from './exit.ts';
import { helpTexts as help } from './help-texts.ts';
import { installServiceCommand, type ServiceOptions, uninstallServiceCommand } from './install-service.ts';

export function addServiceCommands(program: Command, ctx: CliContext, done: (code: ExitCode) => void): void {
  const command = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .option('--root <folder>', help.serviceRoot, '/')
      .option('--package', help.servicePackage, false)
      .option('--in-place', help.serviceInPlace, false);
  command('install-service', help.installService).action(async (options: ServiceOptions) =>
    done(await installServiceCommand(ctx, options)),
  );
  command('uninstall-service', help.uninstallService).action(async (options: ServiceOptions) =>
    done(await uninstallServiceCommand(ctx, options)),
  );
}
