#!/usr/bin/env node
/** Entry of the command line `snapferry`. */
import { loadConfig } from '../config/load.ts';
import { connectDaemon } from './connect.ts';
import { openEngine } from './engine.ts';
import { createProcessIo } from './process-io.ts';
import { runProgram } from './program.ts';
import { VERSION } from './version.ts';

const io = createProcessIo(process);
const code = await runProgram(process.argv.slice(2), {
  io,
  version: VERSION,
  connect: connectDaemon,
  loadConfig: (path) => loadConfig(path),
  openEngine,
});
// A job that cannot be ended must not keep the process: what is written to a terminal or a pipe is written by now.
process.exit(code);
