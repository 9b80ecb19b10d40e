/**
 * Whether Snapferry starts with the session of the desktop, as the Desktop Application Autostart Specification has it: a file of
 * the system's that a file of the same name, of the person's own, covers or hides.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { configFolder, type Environment } from './folders.ts';
import { writeWhole } from './kept-file.ts';

const NAME = 'snapferry.desktop';
const SYSTEM_FILE = `/etc/xdg/autostart/${NAME}`;

export interface AutostartFiles {
  /** Null where there is none. Rejects where it cannot be read. */
  readonly read: (file: string) => Promise<string | null>;
  readonly write: (file: string, text: string) => Promise<void>;
  readonly remove: (file: string) => Promise<void>;
}

export class Autostart {
  readonly #own: string;
  readonly #command: readonly string[];
  readonly #files: AutostartFiles;

  /** @param command how this program is started without a window, where the system has no file of its own for that */
  constructor(env: Environment, home: string, command: readonly string[], files: AutostartFiles = realFiles) {
    this.#own = join(configFolder(env, home), 'autostart', NAME);
    this.#command = command;
    this.#files = files;
  }

  async state(): Promise<'on' | 'off' | 'unknown'> {
    try {
      const own = await this.#files.read(this.#own);
      if (own !== null) return starts(own) ? 'on' : 'off';
      const system = await this.#files.read(SYSTEM_FILE);
      return system !== null && starts(system) ? 'on' : 'off';
    } catch {
      return 'unknown';
    }
  }

  /** Rejects with the error of the system. */
  async set(on: boolean): Promise<void> {
    const system = await this.#files.read(SYSTEM_FILE);
    if (on && system !== null && starts(system)) await this.#files.remove(this.#own);
    else if (on) await this.#files.write(this.#own, entry(`Exec=${this.#command.map(quoted).join(' ')}`));
    else if (system === null) await this.#files.remove(this.#own);
    else await this.#files.write(this.#own, entry('Hidden=true'));
  }
}

function starts(text: string): boolean {
  return !/^(Hidden\s*=\s*true|X-GNOME-Autostart-enabled\s*=\s*false)\s*$/m.test(text);
}

function entry(line: string): string {
  return `[Desktop Entry]\nType=Application\nName=Snapferry\nIcon=snapferry\nNoDisplay=true\nTerminal=false\n${line}\n`;
}

/** As the Desktop Entry Specification quotes: once for the argument, once for the text, and "%" is its own. */
function quoted(argument: string): string {
  const escaped = argument
    .replaceAll(/["`$\\]/g, '\\$&')
    .replaceAll('\\', '\\\\')
    .replaceAll('%', '%%');
  return /^[\w./:@=+-]+$/.test(argument) ? argument : `"${escaped}"`;
}

const realFiles: AutostartFiles = {
  read: async (file) => {
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    }
  },
  write: writeWhole,
  remove: (file) => rm(file, { force: true }),
};
