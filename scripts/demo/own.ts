/** `npm start` on a machine that has ZFS and a configuration. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { loadConfig } from '../../core/config/load.ts';
import { until } from '../../test/lab/guests/index.ts';
import { runChild } from '../lib/child.ts';
import { ROOT } from '../lib/root.ts';
import { FOREIGN_CONFIG, OWN_CONFIG } from './mode.ts';
import { openWindow } from './window.ts';

const CLI = join(ROOT, 'core', 'cli', 'main.ts');
const START_TIMEOUT_MS = 30_000;

function snapferry(...args: readonly string[]) {
  return runChild(process.execPath, [CLI, ...args], { output: 'terminal' });
}

/** Starts the daemon (or finds the one that runs) and shows its status, and the window, until the person leaves. */
export async function runOwn(): Promise<number> {
  const answers = async () => (await runChild(process.execPath, [CLI, 'status'], { output: 'keep' })).code === 0;
  let daemon: ChildProcess | null = null;
  if (!(await answers())) {
    daemon = spawn(process.execPath, [CLI, 'daemon', '--config', OWN_CONFIG], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const started = daemon;
    const ended = once(started, 'exit').then(([code]) => `the daemon ended with exit code ${code}`);
    const failure = await Promise.race([
      ended,
      until(answers, { what: 'the daemon answers', timeoutMs: START_TIMEOUT_MS }).then(() => null),
    ]);
    if (failure !== null) {
      process.stderr.write(`${failure}\n`);
      return 1;
    }
  }
  let closeWindow = (): void => {};
  try {
    closeWindow = await openWindow(process.env);
    return (await snapferry('status', '--watch')).code ?? 1;
  } finally {
    closeWindow();
    if (daemon !== null && daemon.exitCode === null) {
      daemon.kill('SIGTERM');
      await once(daemon, 'exit');
    }
  }
}

/** Shows the plan of every job of a configuration that was written for another program. Reads only. */
export async function showForeign(): Promise<number> {
  process.stdout.write(
    `${FOREIGN_CONFIG} was found and no ${OWN_CONFIG}. This is what its jobs would do; nothing is changed.\n` +
      `To let Snapferry run them, stop the other program and copy the file to ${OWN_CONFIG}.\n\n`,
  );
  const { config } = loadConfig(FOREIGN_CONFIG);
  if (config === null) return (await snapferry('configcheck', '--config', FOREIGN_CONFIG)).code ?? 1;
  let worst = 0;
  for (const job of config.jobs) {
    if (job.type !== 'push' && job.type !== 'snap') continue;
    const { code } = await snapferry('plan', job.name, '--config', FOREIGN_CONFIG);
    worst = Math.max(worst, code ?? 1);
  }
  return worst;
}
