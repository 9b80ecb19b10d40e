/** `npm run package`: packages for Linux in dist/packages, by electron-builder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { runChild } from './lib/child.ts';
import { ROOT } from './lib/root.ts';

const TARGETS = ['deb', 'rpm', 'AppImage'];
const ELECTRON = join(ROOT, 'node_modules', 'electron', 'dist', 'electron');
const PACKAGING = join(ROOT, 'packaging');

/** Runs a command of the packing on this terminal. Throws when it fails. */
async function step(program: string, args: readonly string[], cwd: string): Promise<void> {
  const { code } = await runChild(program, args, { cwd, output: 'terminal' });
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: exit code ${code}`);
}

const program = new Command('npm run package --')
  .description('Packs what was built: deb, rpm and AppImage, with Electron and the service.')
  .option('--dir', 'only lay the files together in dist/packages/linux-unpacked')
  .action(async (options: { dir?: true }) => {
    if (!existsSync(ELECTRON)) throw new Error("Electron's program is not here. Fetch it with: npx install-electron");
    await step(process.execPath, [join(ROOT, 'scripts', 'build.ts')], ROOT);
    await step('npm', ['ci', '--no-audit', '--no-fund'], PACKAGING);
    const builder = join(PACKAGING, 'node_modules', 'electron-builder', 'cli.js');
    const targets = options.dir === true ? ['dir'] : TARGETS;
    await step(
      process.execPath,
      [builder, '--linux', ...targets, '--config', join(PACKAGING, 'electron-builder.yml'), '--publish', 'never'],
      ROOT,
    );
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
