/** The window, tray and notices of the demonstration, on this machine, while the daemon runs in the workstation guest. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { SOCKET_PATH_DEFAULT } from '../../core/api/contract.ts';
import { bringSocket, type Guest } from '../../test/lab/guests/index.ts';

const DESKTOP = 'snapferry-desktop.mjs';

export interface DemoFace {
  /** The daemon's socket, brought to this machine, in a folder that only this user can enter. */
  readonly socketPath: string;
  close(): Promise<void>;
}

/**
 * Opens it: in a browser where there is a display, else its address is said.
 * @param program the built `snapferry.mjs`, beside which the desktop's part lies
 * @param say a line for the person
 */
export async function openFace(guest: Guest, program: string, say: (line: string) => void): Promise<DemoFace> {
  const folder = await mkdtemp(join(tmpdir(), 'snapferry-demo-'));
  const socketPath = join(folder, 'control.sock');
  const server = await bringSocket(guest, SOCKET_PATH_DEFAULT, socketPath);
  const desktop = spawn(process.execPath, [join(dirname(program), DESKTOP), '--socket', socketPath], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const output of [desktop.stdout, desktop.stderr]) createInterface({ input: output }).on('line', say);
  return {
    socketPath,
    close: async () => {
      await ended(desktop);
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  child.once('exit', () => resolve());
  child.kill('SIGTERM');
  return promise;
}
