/** How a shell, whatever its window is, becomes the one of its desktop: the bus of the session, icon and notices. */
import type { Clock } from '../../core/api/clock.ts';
import type { Language } from '../../core/api/messages/languages.ts';
import { sessionBusAddress } from '../dbus/address.ts';
import { openBus } from '../dbus/bus.ts';
import type { Connect } from '../helper/link.ts';
import { memoryFileOf, readMemory, rememberIn } from '../notices/memory.ts';
import { DesktopShell } from './desktop-shell.ts';
import { claimSession } from './single.ts';

export interface Joining {
  readonly clock: Clock;
  readonly language: Language;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly connect: Connect;
  /** Shows the window. Never rejects. */
  readonly openWindow: () => void;
  /** Ends this program when aborted, and is aborted when the session of the desktop ends or a person quits. */
  readonly ending: AbortController;
}

/**
 * The shell, ready to run. Null where there is no bus, and so neither icon nor notices; 'elsewhere' where another one has the
 * desktop and shows its window now.
 */
export async function joinDesktop(joining: Joining): Promise<DesktopShell | 'elsewhere' | null> {
  const { clock, language, env, connect, openWindow, ending } = joining;
  const address = sessionBusAddress(env);
  const bus = address === null ? null : await openBus(address, clock).catch(() => null);
  if (bus === null) return null;
  // A bus that does not say is no reason to show nothing.
  if (!(await claimSession(bus, openWindow).catch(() => true))) return 'elsewhere';
  const memoryFile = memoryFileOf(env);
  const ports = {
    clock,
    language,
    connect,
    openWindow,
    memory: await readMemory(memoryFile),
    remember: rememberIn(memoryFile),
    quit: () => ending.abort(),
  };
  void bus.closed.then(() => ending.abort());
  return new DesktopShell(bus, ports, ending.signal);
}
