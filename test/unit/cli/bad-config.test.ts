/** Configurations that are wrong in the ways people get them wrong: one exit code, the place, and what to do. */
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../core/cli/exit.ts';
import { CommandLine } from './support/command-line.ts';

const PATH = '/wrong.yml';

function snap(name: string, more = ''): string {
  return `jobs:
- type: snap
  name: ${name}
  filesystems: {"p<": true}
  snapshotting: {type: manual}
  pruning: {keep: [{type: last_n, count: 1}]}
${more}`;
}

const WRONG: readonly (readonly [what: string, text: string, place: RegExp, reason: RegExp])[] = [
  // The name becomes part of hold tags and bookmark names, so that ZFS has a say in it.
  ['a name with a slash', snap('a/b'), /:3:9: jobs\[0\]/, /cannot be the name of a job/],
  ['a name with an at', snap('"a@b"'), /:3:9: jobs\[0\]/, /cannot be the name of a job/],
  ['a name with a hash', snap('"a#b"'), /:3:9: jobs\[0\]/, /cannot be the name of a job/],
  ['a name with a line break', snap('"a\\nb"'), /:3:9: jobs\[0\]/, /cannot be the name of a job/],
  ['no name', snap('""'), /:3:9: jobs\[0\]/, /must not be empty/],
  ['a name too long for a tag', snap('n'.repeat(300)), /:3:9: jobs\[0\]/, /./],
  ['an unknown key', snap('a', '  filesystem: {"q<": true}\n'), /:7:3: jobs\[0\]/, /"filesystems" is given already/],
  ['a key from elsewhere', snap('a', '  connect: {}\n'), /:7:3: jobs\[0\]/, /known here: title, disabled/],
  ['an unknown key at the top', 'job: []\n', /:1:1: job/, /did you mean "jobs"/],
  ['a key given twice', snap('a', '  name: b\n'), /:7:\d+: /, /./],
  ['a bracket that stays open', 'jobs: [{type: snap\n', /:\d+:\d+: /, /./],
  ['a tab as indentation', 'jobs:\n\t- type: snap\n', /:2:\d+: /, /[Tt]ab/],
  ['an alias to nothing', 'jobs: *none\n', /:1:\d+: /, /./],
  ['no YAML at all', '\u0000\u0001{{{', /:1:\d+: /, /./],
];

async function check(text: string, ...args: readonly string[]) {
  const cli = new CommandLine({ configs: { [PATH]: text } });
  const code = await cli.run('configcheck', '--config', PATH, ...args);
  return { code, out: cli.io.out, err: cli.io.err };
}

describe('snapferry configcheck of', () => {
  it.each(WRONG)('%s', async (_, text, place, reason) => {
    const { code, out, err } = await check(text);
    expect([code, out]).toEqual([EXIT.config, '']);
    expect(err).toContain('Correct the places named below');
    expect(err).toContain(PATH);
    expect(err).toMatch(place);
    expect(err).toMatch(reason);
  });

  it.each(WRONG)('%s, for a program', async (_, text) => {
    const { code, out } = await check(text, '--format', 'json');
    expect(code).toBe(EXIT.config);
    const [first] = JSON.parse(out);
    expect(first).toMatchObject({ file: PATH, severity: 'error' });
    expect([first.line > 0, first.column > 0, first.message !== '']).toEqual([true, true, true]);
  });

  it.each(WRONG)('%s: neither planned nor run from', async (_, text) => {
    const cli = new CommandLine({ configs: { [PATH]: text } });
    expect(await cli.run('plan', 'a', '--config', PATH, '--socket', '/nonexistent/control.sock')).toBe(EXIT.config);
    expect([cli.io.out, cli.enginesClosed]).toEqual(['', 0]);
  });
});

describe('what looks odd and is right', () => {
  it('a name with spaces and dots', async () => {
    expect((await check(snap('"my laptop 2.0"'))).code).toBe(EXIT.ok);
  });

  it('an empty file, and it is said that there is nothing in it', async () => {
    expect(await check('')).toMatchObject({ code: EXIT.ok, out: expect.stringContaining('0 jobs') });
  });
});
