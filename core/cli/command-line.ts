/** The command line on the real terminal, engine and daemon. */
import { loadConfig } from '../config/load.ts';
import { createLocalHost, LOCAL_ENVIRONMENT } from '../host/local.ts';
import { lookUp } from '../host/lookup.ts';
import { createSpawner } from '../host/spawner/client.ts';
import type { Argv } from '../host/types.ts';
import { connectDaemon } from './connect.ts';
import { openEngine, THIS_MACHINE } from './engine.ts';
import { createProcessIo } from './process-io.ts';
import { runProgram } from './program.ts';
import { VERSION } from './version.ts';

/**
 * Runs one command and resolves with the exit code of the process. `spawnerCommand` is what starts the small process that
 * starts all others, see docs/engine.md.
 */
export function runCommandLine(args: readonly string[], spawnerCommand: Argv): Promise<number> {
  const spawner = { command: spawnerCommand, env: LOCAL_ENVIRONMENT, host: THIS_MACHINE };
  return runProgram(args, {
    io: createProcessIo(process),
    version: VERSION,
    connect: connectDaemon,
    lookUp: (database, key) => lookUp(createLocalHost({ label: THIS_MACHINE }), database, key),
    loadConfig: (path) => loadConfig(path),
    openEngine: (config, log) => openEngine(config, log, createSpawner(spawner)),
  });
}
