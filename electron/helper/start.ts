/** Starts the daemon with pkexec where it is not a service: `snapferry daemon --on-demand`, which serves this person. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, open, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SOCKET_PATH_DEFAULT } from '../../core/api/contract.ts';
import type { HelperStart } from '../../core/api/shell-desk.ts';
import { type AskedEnd, afterAsking, mayStart, onlyRootChanges, planStart, wayTo } from './start-plan.ts';

const UNIT_FILES = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib'].map(
  (folder) => `${folder}/systemd/system/snapferry.service`,
);
/** Not by the search path: what asks for a password has to be the one of the system. */
const PKEXEC = ['/usr/bin/pkexec', '/bin/pkexec'];
const SAID_CHARS_MAX = 2000;

export interface StarterOptions {
  /** Where this desktop asks the daemon. */
  readonly socket: string;
  /** The built program and the Node that runs it; null where this runs from the sources. */
  readonly program: { readonly node: string; readonly file: string } | null;
  /** For tests. */
  readonly pkexec?: readonly string[];
  readonly unitFiles?: readonly string[];
}

/** The built program that lies beside the one that runs here, with its Node. */
export function helperProgram(
  folder: string = import.meta.dirname,
  execPath: string = process.execPath,
): StarterOptions['program'] {
  const file = join(folder, 'snapferry.mjs');
  const beside = join(folder, 'node');
  // Electron is no Node that root could run.
  const node = existsSync(beside) ? beside : process.versions.electron === undefined ? execPath : null;
  return node !== null && existsSync(file) ? { node, file } : null;
}

export class HelperStarter {
  readonly #options: StarterOptions;
  /** What was asked last, and how it ended. */
  #asked: { readonly plan: HelperStart; end: AskedEnd | null } | null = null;

  constructor(options: StarterOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async state(): Promise<HelperStart> {
    return this.#asked === null ? this.#plan() : afterAsking(this.#asked.plan, this.#asked.end);
  }

  /** Asks for a password, unless that is being done or nothing may be started. Never rejects. */
  async start(despite: boolean): Promise<HelperStart> {
    if (this.#isAsking()) return this.state();
    const plan = await this.#plan();
    if (!mayStart(plan, despite)) return plan;
    // Two windows may have come this far at once.
    if (!this.#isAsking()) this.#ask(plan);
    return this.state();
  }

  #isAsking(): boolean {
    return this.#asked !== null && this.#asked.end === null;
  }

  #ask(plan: HelperStart): void {
    const asked: { readonly plan: HelperStart; end: AskedEnd | null } = { plan, end: null };
    this.#asked = asked;
    void runApart(plan.command).then((end) => {
      asked.end = end;
    });
  }

  async #plan(): Promise<HelperStart> {
    const { socket, program, pkexec = PKEXEC, unitFiles = UNIT_FILES } = this.#options;
    const [node, file] = program === null ? [null, null] : await Promise.all([real(program.node), real(program.file)]);
    return planStart({
      usualSocket: socket === SOCKET_PATH_DEFAULT,
      installed: unitFiles.some((unit) => existsSync(unit)),
      pkexec: pkexec.find((path) => existsSync(path)) ?? null,
      node: node ?? '',
      program: node === null ? null : file,
      changeable: node === null || file === null ? [] : await changeableOf([node, file]),
    });
  }
}

function real(path: string): Promise<string | null> {
  return realpath(path).catch(() => null);
}

/** What others than root could change on the way to these files; what cannot be looked at counts. */
async function changeableOf(files: readonly string[]): Promise<readonly string[]> {
  const paths = [...new Set(files.flatMap(wayTo))];
  const safe = await Promise.all(paths.map((path) => stat(path).then(onlyRootChanges, () => false)));
  return paths.filter((_, index) => safe[index] !== true);
}

/**
 * Runs it so that it may live on without this program: what it says goes into a file that nobody but this person reads, because the
 * end of a pipe would end it. Never rejects.
 */
async function runApart([program = '', ...args]: readonly string[]): Promise<AskedEnd> {
  const folder = await mkdtemp(join(process.env.XDG_RUNTIME_DIR ?? tmpdir(), 'snapferry-start-')).catch(() => null);
  if (folder === null) return { code: null, said: '' };
  const said = await open(join(folder, 'said'), 'w+', 0o600);
  try {
    const child = spawn(program, args, { detached: true, stdio: ['ignore', 'ignore', said.fd] });
    child.unref();
    const { promise, resolve } = Promise.withResolvers<{ code: number | null; error: string }>();
    child.once('error', (error) => resolve({ code: null, error: error.message }));
    child.once('exit', (code) => resolve({ code, error: '' }));
    const { code, error } = await promise;
    const text = Buffer.alloc(SAID_CHARS_MAX);
    const { size } = await said.stat();
    const { bytesRead } = await said.read(text, 0, SAID_CHARS_MAX, Math.max(0, size - SAID_CHARS_MAX));
    return { code, said: `${text.toString('utf8', 0, bytesRead)}${error}`.trim() };
  } catch (thrown) {
    return { code: null, said: thrown instanceof Error ? thrown.message : '' };
  } finally {
    await said.close();
    await rm(folder, { recursive: true, force: true });
  }
}
