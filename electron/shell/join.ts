/** How a shell, whatever its window is, becomes the one of its desktop: the bus of the session, icon, notices, settings. */

import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../core/api/clock.ts';
import type { Language } from '../../core/api/messages/languages.ts';
import type { NamedPage } from '../../core/api/shell.ts';
import { keptSchema } from '../../core/api/shell-desk.ts';
import { sessionBusAddress } from '../dbus/address.ts';
import { openBus } from '../dbus/bus.ts';
import { stoppedOnPurpose } from '../dbus/service-unit.ts';
import type { Connect } from '../helper/link.ts';
import { HelperStarter, helperProgram } from '../helper/start.ts';
import { NoticeHistory, pastNoticesSchema } from '../notices/history.ts';
import { memorySchema, NOTHING_TOLD } from '../notices/memory.ts';
import { Autostart } from './autostart.ts';
import { ShellDesk, switchesSchema } from './desk.ts';
import { DesktopShell } from './desktop-shell.ts';
import { configFolder, type Environment, stateFolder } from './folders.ts';
import { keepIn, readKept } from './kept-file.ts';
import { claimSession } from './single.ts';

/** What the person has chosen, and what there was to tell them. `command` starts this program without a window; `socket` is where it asks. */
export async function openDesk(env: Environment, command: readonly string[], socket: string): Promise<ShellDesk> {
  const home = homedir();
  const switches = join(configFolder(env, home), 'snapferry', 'notices.json');
  const windows = join(stateFolder(env, home), 'window.json');
  const history = join(stateFolder(env, home), 'notice-history.json');
  return new ShellDesk({
    switches: await readKept(switches, switchesSchema, {}),
    keep: keepIn(switches),
    windows: await readKept(windows, keptSchema, {}),
    keepOfWindows: keepIn(windows),
    autostart: new Autostart(env, home, command),
    helper: new HelperStarter({ socket, program: helperProgram() }),
    history: new NoticeHistory(await readKept(history, pastNoticesSchema, []), keepIn(history)),
  });
}

export interface Joining {
  readonly clock: Clock;
  readonly language: Language;
  readonly env: Environment;
  readonly connect: Connect;
  readonly desk: ShellDesk;
  /** Shows the window, at a page where one is named. Never rejects. */
  readonly openWindow: (page?: NamedPage) => void;
  /** Ends this program when aborted, and is aborted when the session of the desktop ends or a person quits. */
  readonly ending: AbortController;
}

/**
 * The shell, ready to run. Null where there is no bus, and so neither icon nor notices; 'elsewhere' where another one has the
 * desktop and shows its window now.
 */
export async function joinDesktop(joining: Joining): Promise<DesktopShell | 'elsewhere' | null> {
  const { clock, language, env, connect, desk, openWindow, ending } = joining;
  const address = sessionBusAddress(env);
  const bus = address === null ? null : await openBus(address, clock).catch(() => null);
  if (bus === null) return null;
  // A bus that does not say is no reason to show nothing.
  if (!(await claimSession(bus, () => openWindow()).catch(() => true))) return 'elsewhere';
  const memoryFile = join(stateFolder(env, homedir()), 'notices.json');
  const ports = {
    clock,
    language,
    connect,
    desk,
    openWindow,
    memory: await readKept(memoryFile, memorySchema, NOTHING_TOLD),
    remember: keepIn(memoryFile),
    stoppedOnPurpose: () => stoppedOnPurpose(env, clock),
    quit: () => ending.abort(),
  };
  void bus.closed.then(() => ending.abort());
  return new DesktopShell(bus, ports, ending.signal);
}
