import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PROBLEMS } from '../../../core/api/problem.ts';
import { connectDaemon } from '../../../core/api/wire/connect.ts';
import { openEngine } from '../../../core/cli/engine.ts';
import { EXIT, EXIT_MEANINGS, exitCodeOf } from '../../../core/cli/exit.ts';
import { buildProgram } from '../../../core/cli/program.ts';
import { VERSION } from '../../../core/cli/version.ts';
import { loadConfig } from '../../../core/config/load.ts';
import type { Config } from '../../../core/config/types.ts';
import type { Log } from '../../../core/monitoring/log.ts';
import { FakeIo } from './support/fake-io.ts';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

describe('docs/cli.md', () => {
  const page = read('docs/cli.md');

  it('has the same exit codes as the program', () => {
    const rows = [...page.matchAll(/^\| (\d+) \| (.*) \|$/gm)].map((match) => [Number(match[1]), match[2]]);
    expect(rows).toEqual(EXIT_MEANINGS);
    expect(EXIT_MEANINGS.map(([code]) => code)).toEqual(Object.values(EXIT));
  });

  it('names every command with every option', () => {
    const runDesktop = async () => ({ code: 0, signal: null });
    const lookUp = async () => null;
    const io = new FakeIo();
    const installation = { program: '/', node: '/', run: async () => null };
    const context = {
      io,
      installation,
      version: VERSION,
      connect: connectDaemon,
      lookUp,
      loadConfig,
      openEngine: (config: Config, log: Log) => openEngine(config, log),
      runDesktop,
    };
    const program = buildProgram(context, () => {});
    const common = new Set(['--socket', '--config', '--help']);
    for (const command of program.commands.flatMap((one) => (one.commands.length > 0 ? one.commands : [one]))) {
      const parent = command.parent === program ? '' : `${command.parent?.name()} `;
      const row = page.split('\n').find((line) => line.startsWith(`| \`snapferry ${parent}${command.name()}`));
      expect(row, command.name()).toBeDefined();
      for (const { long } of command.options) {
        if (long !== null && long !== undefined && !common.has(long)) expect(row).toContain(long);
      }
    }
  });
});

describe('exit codes', () => {
  it.each(Object.keys(PROBLEMS) as (keyof typeof PROBLEMS)[])('%s never counts as success', (code) => {
    expect(exitCodeOf(code)).toBeGreaterThan(0);
  });

  it.each([
    ['busy', EXIT.failed],
    ['job-unknown', EXIT.usage],
    ['not-applicable', EXIT.usage],
    ['config-invalid', EXIT.config],
    ['config-not-runnable', EXIT.config],
    ['daemon-unreachable', EXIT.unreachable],
    ['daemon-mismatch', EXIT.unreachable],
    ['daemon-running', EXIT.unreachable],
    ['socket-unusable', EXIT.unreachable],
    ['command-aborted', EXIT.cancelled],
  ] as const)('%s gives %d', (code, exit) => {
    expect(exitCodeOf(code)).toBe(exit);
  });
});

describe('the version', () => {
  it('is that of the build, and none from the sources', () => {
    // The build puts the version of package.json in its place, and proves it.
    expect(VERSION).toBe('development');
  });
});
