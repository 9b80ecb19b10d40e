/** The command line on the real terminal, engine and daemon. */

import { asProblemError } from '../api/problem.ts';
import { connectDaemon } from '../api/wire/connect.ts';
import { loadConfig } from '../config/load.ts';
import { becomeProgram } from '../host/foreground.ts';
import { createLocalHost, LOCAL_ENVIRONMENT } from '../host/local.ts';
import { lookUp } from '../host/lookup.ts';
import { createSpawner } from '../host/spawner/client.ts';
import type { Argv } from '../host/types.ts';
import { type DesktopPrograms, desktopProgram } from './desktop-command.ts';
import { openEngine, THIS_MACHINE } from './engine.ts';
import { createProcessIo } from './process-io.ts';
import { runProgram } from './program.ts';
import { VERSION } from './version.ts';

/** How programs of ours are started. */
export interface OwnPrograms {
  /** The small process that starts all others, see docs/engine.md. */
  readonly spawner: Argv;
  readonly desktop: DesktopPrograms;
  /** Where they lie. */
  readonly folder: string;
}

/** Runs one command and resolves with the exit code of the process. */
export function runCommandLine(args: readonly string[], own: OwnPrograms): Promise<number> {
  const spawner = { command: own.spawner, env: LOCAL_ENVIRONMENT, host: THIS_MACHINE };
  return runProgram(args, {
    io: createProcessIo(process),
    version: VERSION,
    connect: connectDaemon,
    lookUp: (database, key) => lookUp(createLocalHost({ label: THIS_MACHINE }), database, key),
    installation: { program: own.folder, node: process.execPath, run: runOnce },
    loadConfig: (path) => loadConfig(path),
    openEngine: (config, log, state) => openEngine(config, log, createSpawner(spawner), state),
    runDesktop: (place, more, signal) => {
      const wish = { ...place, env: process.env, uid: process.getuid?.() ?? 0 };
      return becomeProgram([...desktopProgram(own.desktop, wish), ...more], THIS_MACHINE, signal);
    },
  });
}

const SERVICE_DEADLINE_MS = 120_000;

/** Runs a program of this machine; gives what it said where it failed. */
async function runOnce(program: string, ...args: readonly string[]): Promise<string | null> {
  try {
    const host = createLocalHost({ label: THIS_MACHINE });
    const { exit, stderr } = await host.run([program, ...args], { deadlineMs: SERVICE_DEADLINE_MS });
    return exit.code === 0 ? null : stderr.trim() || `exit code ${exit.code}`;
  } catch (thrown) {
    return asProblemError(thrown).message;
  }
}
