/**
 * A desktop without a screen, for one test file: an X server, a bus of its own, the panel of Xfce with its tray, dunst for
 * notices. Everything lives in a private folder and ends with it.
 */
import type { ChildProcess } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type Bus, openBus } from '../../../../electron/dbus/bus.ts';
import { systemClock } from '../../../../electron/system-clock.ts';
import { ROOT } from '../../../../scripts/lib/root.ts';
import { Picture } from './picture.ts';
import { Processes } from './processes.ts';

const WIDTH = 800;
const HEIGHT = 600;
export const PANEL_ROWS = [HEIGHT - 40, HEIGHT] as const;
export const NOTICE_ROWS = [0, HEIGHT - 40] as const;

const PANEL = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=8;x=400;y=584"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="32"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray"/>
  </property>
</channel>
`;

/** The menu of actions is chosen from by a program, which here chooses what the test has written down. */
const dunstrc = (folder: string): string => `[global]
dmenu = ${folder}/choose
origin = top-right
width = 360
follow = none
enable_posix_regex = true
`;

const CHOOSE = `#!/bin/sh
exec grep -F "$(cat "$(dirname "$0")/choice")"
`;

/** Stands for the browser, and notes what it was asked to show. */
const BROWSER = `#!/bin/sh
echo "$@" >> "$(dirname "$0")/../opened"
`;

export interface DesktopOptions {
  /** Without a panel there is nobody to show icons. */
  readonly panel?: boolean;
}

export class Desktop implements AsyncDisposable {
  readonly folder: string;
  readonly processes: Processes;
  readonly bus: Bus;
  readonly #shared: readonly AsyncDisposable[];

  private constructor(folder: string, processes: Processes, bus: Bus, shared: readonly AsyncDisposable[]) {
    this.folder = folder;
    this.processes = processes;
    this.bus = bus;
    this.#shared = shared;
  }

  static async start({ panel = true }: DesktopOptions = {}): Promise<Desktop> {
    const folder = await mkdtemp(join(tmpdir(), 'snapferry-desktop-'));
    await writeHome(folder);
    const env = {
      HOME: folder,
      XDG_RUNTIME_DIR: join(folder, 'run'),
      XDG_CONFIG_HOME: join(folder, '.config'),
      PATH: `${join(folder, 'bin')}:/usr/bin:/bin:/usr/sbin:/sbin`,
      LANG: 'C.UTF-8',
      NO_AT_BRIDGE: '1',
      GTK_THEME: 'Adwaita',
    };
    const first = new Processes(env);
    const server = first.start('Xvfb', '-displayfd', '1', '-screen', '0', `${WIDTH}x${HEIGHT}x24`, '-nolisten', 'tcp');
    const DISPLAY = `:${await first.firstLine(server)}`;
    const second = new Processes({ ...env, DISPLAY });
    const daemon = second.start('dbus-daemon', '--session', '--nofork', '--nopidfile', '--print-address=1');
    const address = await second.firstLine(daemon);
    const processes = new Processes({ ...env, DISPLAY, DBUS_SESSION_BUS_ADDRESS: address });
    const bus = await openBus(address, systemClock);
    const desktop = new Desktop(folder, processes, bus, [second, first]);
    processes.start('dunst', '-conf', join(folder, 'dunstrc'));
    await desktop.nameAppears('org.freedesktop.Notifications');
    if (panel) {
      processes.start('xfce4-panel', '--disable-wm-check');
      await desktop.nameAppears('org.kde.StatusNotifierWatcher');
    }
    return desktop;
  }

  /** Starts the desktop's part of Snapferry, without a window. */
  snapferry(socketPath: string): ChildProcess {
    const program = join(ROOT, 'electron', 'desktop.ts');
    return this.processes.start(process.execPath, program, '--background', '--socket', socketPath);
  }

  async nameAppears(name: string): Promise<void> {
    await until(`"${name}" is on the bus`, async () => (await this.names()).includes(name));
  }

  async names(): Promise<readonly string[]> {
    const [names] = await this.bus.call({
      destination: 'org.freedesktop.DBus',
      path: '/org/freedesktop/DBus',
      interface: 'org.freedesktop.DBus',
      member: 'ListNames',
      reply: z.tuple([z.array(z.string())]),
    });
    return names;
  }

  async screenshot(): Promise<Picture> {
    return new Picture(WIDTH, await this.processes.run('import', '-window', 'root', '-depth', '8', 'rgb:-'));
  }

  /** Keeps what can be seen now, for a person: set SNAPFERRY_E2E_PICTURES to a folder. */
  async keepPicture(name: string): Promise<void> {
    const folder = process.env.SNAPFERRY_E2E_PICTURES;
    if (folder !== undefined) await this.processes.run('import', '-window', 'root', join(folder, `${name}.png`));
  }

  click(x: number, y: number, button: 1 | 3): Promise<Buffer> {
    return this.processes.run('xdotool', 'mousemove', String(x), String(y), 'click', String(button));
  }

  /** Keys by their names in X. */
  press(...keys: readonly string[]): Promise<Buffer> {
    return this.processes.run('xdotool', 'key', '--delay', '150', ...keys);
  }

  /** Notices that can be seen now. */
  async noticeCount(): Promise<number> {
    return Number((await this.processes.run('dunstctl', 'count', 'displayed')).toString('utf8'));
  }

  /** Presses the button with this label on the newest notice. */
  async chooseInNotice(label: string): Promise<void> {
    await writeFile(join(this.folder, 'choice'), label);
    await this.processes.run('dunstctl', 'context');
  }

  /** Addresses that the browser was asked to show. */
  async opened(): Promise<string> {
    return readFile(join(this.folder, 'opened'), 'utf8').catch(() => '');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.bus.close();
    await this.processes[Symbol.asyncDispose]();
    for (const one of this.#shared) await one[Symbol.asyncDispose]();
    // Programs that the bus has started may still write while they end.
    await rm(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

async function writeHome(folder: string): Promise<void> {
  await mkdir(join(folder, 'run'), { mode: 0o700 });
  await mkdir(join(folder, 'bin'));
  const channels = join(folder, '.config', 'xfce4', 'xfconf', 'xfce-perchannel-xml');
  await mkdir(channels, { recursive: true });
  await writeFile(join(channels, 'xfce4-panel.xml'), PANEL);
  await writeFile(join(folder, 'dunstrc'), dunstrc(folder));
  for (const [file, text] of [
    [join(folder, 'choose'), CHOOSE],
    [join(folder, 'bin', 'chromium'), BROWSER],
  ] as const) {
    await writeFile(file, text);
    await chmod(file, 0o755);
  }
}

const POLL_MS = 100;
const POLL_MAX_MS = 60_000;

/** Waits for something that another process brings about. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + POLL_MAX_MS;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`in vain waited until ${what}`);
    await systemClock.sleep(POLL_MS);
  }
}
