import { ProblemError } from '../../../../core/api/problem.ts';
import { connectDaemon } from '../../../../core/api/wire/connect.ts';
import type { CliContext, Engine, Installation } from '../../../../core/cli/context.ts';
import type { ExitCode } from '../../../../core/cli/exit.ts';
import type { TerminalSize } from '../../../../core/cli/io.ts';
import { runProgram } from '../../../../core/cli/program.ts';
import { parseConfig } from '../../../../core/config/parse-config.ts';
import { Throttle } from '../../../../core/job/bandwidth.ts';
import type { FakeJob } from '../../helper/support/fake-job.ts';
import { NO_SURROUNDINGS } from '../../helper/support/surroundings.ts';
import { FakeIo } from './fake-io.ts';

export const NO_SOCKET = '/nonexistent/control.sock';

const SNAP = (name: string): string => `
  - type: snap
    name: ${name}
    filesystems: {"p<": true}
    snapshotting: {type: manual}
    pruning: {keep: [{type: last_n, count: 1}]}`;

const TCP = `
  - type: push
    name: far
    connect: {type: tcp, address: "nas:8888"}
    filesystems: {"p<": true}
    snapshotting: {type: manual}
    pruning: {keep_sender: [{type: last_n, count: 1}], keep_receiver: [{type: last_n, count: 1}]}`;

/** Configurations by the name of their file. */
export const CONFIGS: Readonly<Record<string, string>> = {
  '/good.yml': `jobs:${SNAP('a')}${SNAP('b')}`,
  '/refused.yml': `jobs:${SNAP('a')}${TCP}`,
  '/broken.yml': 'jobs: [{type: snap, nam: a}]',
  '/outlets.yml': `
global:
  logging: [{type: syslog, level: warn, format: human}, {type: stdout, level: info, format: json}]
  monitoring: [{type: prometheus, listen: ":9811"}]
jobs:${SNAP('a')}`,
};

/** One command line with a terminal or files of its own. */
export class CommandLine {
  readonly io: FakeIo;
  readonly jobs: readonly FakeJob[];
  readonly #configs: Record<string, string>;
  enginesClosed = 0;
  /** What `install-service` finds. */
  installation: Installation = { program: '/nonexistent', node: '/nonexistent', run: async () => null };
  /** Arguments of every start of the desktop's part, and how it ends. */
  readonly desktop: (readonly string[])[] = [];
  desktopExit = 0;
  /** What the user database says, by "passwd NAME" and "group NAME". */
  accounts: Readonly<Record<string, string>> = {};

  /** `configs`: further configurations by the name of their file. */
  constructor(
    options: { terminal?: TerminalSize; jobs?: readonly FakeJob[]; configs?: Readonly<Record<string, string>> } = {},
  ) {
    this.io = new FakeIo(options.terminal ?? null);
    this.jobs = options.jobs ?? [];
    this.#configs = { ...CONFIGS, ...options.configs };
  }

  /** What this file says from now on. */
  setConfig(path: string, text: string): void {
    this.#configs[path] = text;
  }

  run(...args: readonly string[]): Promise<ExitCode> {
    return runProgram(args, this.#context());
  }

  #context(): CliContext {
    return {
      io: this.io,
      version: '0.1.0',
      connect: connectDaemon,
      lookUp: async (database, key) => this.accounts[`${database} ${key}`] ?? null,
      installation: this.installation,
      loadConfig: (path) => parseConfig(this.#configs[path] ?? '', { fileName: path }),
      openEngine: () => this.#engine(),
      runDesktop: async ({ browser }, args) => {
        this.desktop.push(browser ? ['in the browser', ...args] : args);
        return { code: this.desktopExit, signal: null };
      },
    };
  }

  #engine(): Engine {
    return {
      makeJob: ({ name }) => {
        const found = this.jobs.find((job) => job.name === name);
        if (found === undefined) throw new ProblemError('config-not-runnable', { job: name, reason: 'it is not here' });
        return found;
      },
      configure: () => () => {},
      commands: () => ({ active: 0, abandoned: 0 }),
      throttle: new Throttle(),
      surroundings: () => NO_SURROUNDINGS,
      close: async () => {
        this.enginesClosed += 1;
      },
    };
  }
}
