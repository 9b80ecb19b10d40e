#!/usr/bin/env node
/**
 * The way into every command of this repository, for whatever Node (18 or newer) the distribution brings: sets up what is
 * missing, then runs scripts/<command>.ts on the pinned Node of package-lock.json. Uses nothing but Node itself, because
 * nothing is installed yet when it starts.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMMANDS, debianPackagesOf, helpOf, overview, wantsHelp } from './bootstrap/commands.mjs';
import { ensureDebianPackages } from './bootstrap/debian-packages.mjs';
import { ensureNpmPackages } from './bootstrap/npm-packages.mjs';
import { pinnedNode, platformProblem } from './bootstrap/platform.mjs';
import { runAndPass } from './bootstrap/run.mjs';
import { SetupError } from './bootstrap/setup-error.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [name, ...args] = process.argv.slice(2);

/** @param {string} text */
const say = (text) => process.stderr.write(`${text}\n`);

/** @param {string} commandName @param {string} script @param {readonly string[]} commandArgs */
async function setUpAndRun(commandName, script, commandArgs) {
  const problem = platformProblem(process.platform, process.arch, process.versions.node);
  if (problem !== null) throw new SetupError(problem);
  await ensureDebianPackages(debianPackagesOf(commandName, commandArgs), say);
  await ensureNpmPackages(root, say);
  await runAndPass(pinnedNode(root), [script, ...commandArgs]);
}

async function main() {
  if (name === undefined || name === '--help' || name === '-h') {
    process.stdout.write(overview());
    return;
  }
  const command = COMMANDS[name];
  if (command === undefined) {
    say(`There is no command "${name}".\n\n${overview()}`);
    process.exitCode = 2;
    return;
  }
  const script = join(root, 'scripts', `${name}.ts`);
  const present = existsSync(script);
  if (wantsHelp(command, args)) {
    process.stdout.write(helpOf(name, command, present));
    return;
  }
  if (!present) {
    say(`"${name}" is not part of this version: there is no scripts/${name}.ts.`);
    process.exitCode = 1;
    return;
  }
  try {
    await setUpAndRun(name, script, args);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = error.exitCode;
    // Whoever counts results reads the last line, also when not even the set-up worked.
    if (command.counts === true) process.stdout.write('0 passed, 1 failed, 0 skipped\n');
  }
}

await main();
