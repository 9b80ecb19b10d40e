/** `snapferry discover` and `snapferry destination`, as commander knows them. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CliContext } from './context.ts';
import type { ExitCode } from './exit.ts';
import { helpTexts as help } from './help-texts.ts';
import type { CommonOptions } from './program-control.ts';
import {
  bringKeyCommand,
  discoverCommand,
  hostKeysCommand,
  keyCommand,
  lookCommand,
  testCommand,
} from './surroundings-command.ts';

interface Options {
  readonly socket: string;
  readonly json: boolean;
}

interface AccountOptions extends Options {
  readonly port: number;
  readonly user: string;
  readonly key: string;
  readonly hostKey: string;
}

interface TestOptions extends AccountOptions {
  readonly root: string;
  readonly sudo: boolean;
}

interface LookOptions extends TestOptions {
  readonly identity?: string;
  readonly plainIdentity?: string;
  readonly plain: boolean;
}

const SSH_PORT = 22;

export function addSurroundingsCommands(
  program: Command,
  ctx: CliContext,
  done: (code: ExitCode) => void,
  { socket, json }: CommonOptions,
): void {
  const port = () => new Option('--port <n>', help.port).argParser(parsePort).default(SSH_PORT);
  program
    .command('discover')
    .description(help.discover)
    .addOption(json())
    .addOption(socket())
    .action(async (options: Options) => done(await discoverCommand(ctx, options)));

  const destination = program.command('destination').description(help.destination);
  destination
    .command('hostkeys')
    .description(help.hostKeys)
    .argument('<host>', help.host)
    .addOption(port())
    .addOption(json())
    .addOption(socket())
    .action(async (host: string, options: Options & { port: number }) =>
      done(await hostKeysCommand(ctx, { ...options, host })),
    );
  destination
    .command('key')
    .description(help.destinationKey)
    .argument('<name>', help.keyName)
    .addOption(json())
    .addOption(socket())
    .action(async (key: string, options: Options) => done(await keyCommand(ctx, { ...options, key })));
  const withAccount = (name: string, description: string) =>
    destination
      .command(name)
      .description(description)
      .argument('<host>', help.host)
      .requiredOption('--user <account>', help.user)
      .requiredOption('--key <name>', help.keyName)
      .requiredOption('--host-key <fingerprint>', help.hostKey)
      .addOption(port())
      .addOption(json())
      .addOption(socket());
  withAccount('bring-key', help.bringKey).action(async (host: string, options: AccountOptions) =>
    done(await bringKeyCommand(ctx, { ...options, host })),
  );
  withAccount('test', help.destinationTest)
    .requiredOption('--root <dataset>', help.root)
    .option('--sudo', help.sudo, false)
    .action(async (host: string, options: TestOptions) => {
      const { root: rootFs, ...rest } = options;
      done(await testCommand(ctx, { ...rest, host, rootFs, estimateBytes: null }));
    });
  withAccount('look', help.look)
    .argument('<datasets...>', help.dataset)
    .requiredOption('--root <dataset>', help.root)
    .option('--identity <name>', help.identity)
    .option('--plain-identity <name>', help.plainIdentity)
    .option('--plain', help.plain, false)
    .option('--sudo', help.sudo, false)
    .action(async (host: string, datasets: string[], options: LookOptions) => {
      const { root: rootFs, identity = null, plainIdentity, plain, ...rest } = options;
      const where = {
        rootFs,
        clientIdentity: identity,
        ...(plainIdentity === undefined ? {} : { plainIdentity }),
        datasets,
        encryptedAs: plain ? 'plain' : 'raw',
      } as const;
      done(await lookCommand(ctx, { ...rest, ...where, host }));
    });
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new InvalidArgumentError(help.portWrong);
  return port;
}
