import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SOCKET_PATH_DEFAULT } from '../../../core/api/contract.ts';
import { helperStartSchema } from '../../../core/api/shell-desk.ts';
import { HelperStarter, helperProgram } from '../../../electron/helper/start.ts';
import {
  afterAsking,
  mayStart,
  onlyRootChanges,
  planStart,
  type StartFacts,
  wayTo,
} from '../../../electron/helper/start-plan.ts';
import { privateFolder } from '../helper/support/running-daemon.ts';

const FACTS: StartFacts = {
  usualSocket: true,
  installed: false,
  pkexec: '/usr/bin/pkexec',
  node: '/usr/lib/snapferry/node',
  program: '/usr/lib/snapferry/snapferry.mjs',
  changeable: [],
};

describe('whether the helper can be started', () => {
  it('takes a fixed command of absolute paths', () => {
    const plan = planStart(FACTS);
    expect(plan.state).toBe('possible');
    expect(plan.command).toEqual([
      '/usr/bin/pkexec',
      '--disable-internal-agent',
      '/usr/lib/snapferry/node',
      '/usr/lib/snapferry/snapferry.mjs',
      'daemon',
      '--on-demand',
    ]);
    expect(mayStart(plan, false)).toBe(true);
  });

  it.each([
    ['installed', { installed: true }],
    ['nothing-to-start', { usualSocket: false }],
    ['nothing-to-start', { program: null }],
    ['no-pkexec', { pkexec: null }],
  ] as const)('%s, and then nothing is run', (state, change) => {
    const plan = planStart({ ...FACTS, ...change });
    expect(plan).toMatchObject({ state, command: [] });
    expect(mayStart(plan, true)).toBe(false);
  });

  it('needs a person who was told, where others could change what root would run', () => {
    const plan = planStart({ ...FACTS, changeable: ['/home/ada/snapferry.mjs'] });
    expect(mayStart(plan, false)).toBe(false);
    expect(mayStart(plan, true)).toBe(true);
  });

  it('knows what pkexec means by its exit', () => {
    const plan = planStart(FACTS);
    const stateAfter = (code: number | null) => afterAsking(plan, { code, said: 'x' }).state;
    expect([126, 127, 0, 1, null].map(stateAfter)).toEqual(['refused', 'not-allowed', 'ended', 'ended', 'ended']);
    expect(afterAsking(plan, null).state).toBe('asked');
  });

  it('looks at every folder on the way', () => {
    expect(wayTo('/usr/lib/x')).toEqual(['/usr/lib/x', '/usr/lib', '/usr', '/']);
    expect(onlyRootChanges({ uid: 0, mode: 0o755 })).toBe(true);
    expect(onlyRootChanges({ uid: 0, mode: 0o775 })).toBe(false);
    expect(onlyRootChanges({ uid: 0, mode: 0o1777 })).toBe(false);
    expect(onlyRootChanges({ uid: 1000, mode: 0o755 })).toBe(false);
  });
});

describe('starting it', () => {
  /** A desktop whose pkexec is a script; nothing is run as anybody else. */
  async function desktop(script: string) {
    const folder = await privateFolder();
    const at = (name: string): string => join(folder.path, name);
    await writeFile(at('snapferry.mjs'), '');
    await writeFile(at('node'), '');
    await writeFile(at('pkexec'), `#!/bin/sh\ncd "$(dirname "$0")"\nprintf '%s\\n' "$@" >> argv\n${script}\n`);
    await chmod(at('pkexec'), 0o755);
    const starter = new HelperStarter({
      socket: SOCKET_PATH_DEFAULT,
      program: helperProgram(folder.path),
      pkexec: [at('missing'), at('pkexec')],
      unitFiles: [at('snapferry.service')],
    });
    return { folder, at, starter };
  }

  it.each([
    ['refused', 'exit 126'],
    ['not-allowed', 'echo "Error executing command as another user: Not authorized" >&2; exit 127'],
    ['ended', 'echo "the configuration is not good" >&2; exit 3'],
  ])('%s, with what was said', async (state, script) => {
    const { folder, at, starter } = await desktop(script);
    await using _ = folder;
    const before = helperStartSchema.parse(await starter.state());
    expect(before.state).toBe('possible');
    expect(before.changeable).toContain('/tmp');
    // Not without having told.
    expect((await starter.start(false)).state).toBe('possible');
    expect((await starter.start(true)).state).toBe('asked');
    await expect.poll(async () => (await starter.state()).state).toBe(state);
    helperStartSchema.parse(await starter.state());
    expect((await starter.state()).detail).toBe(/echo "(.*?)"/.exec(script)?.[1] ?? '');
    expect((await readFile(at('argv'), 'utf8')).trim().split('\n')).toEqual([
      '--disable-internal-agent',
      at('node'),
      at('snapferry.mjs'),
      'daemon',
      '--on-demand',
    ]);
  });

  it('asks once at a time, and again after it was refused', async () => {
    const { folder, at, starter } = await desktop('while [ ! -e go ]; do sleep 0.05; done; exit 126');
    await using _ = folder;
    const states = await Promise.all([starter.start(true), starter.start(true), starter.start(true)]);
    expect(states.map(({ state }) => state)).toEqual(['asked', 'asked', 'asked']);
    await writeFile(at('go'), '');
    await expect.poll(async () => (await starter.state()).state).toBe('refused');
    expect((await readFile(at('argv'), 'utf8')).match(/--on-demand/g)).toHaveLength(1);
    await starter.start(true);
    await expect.poll(async () => (await readFile(at('argv'), 'utf8')).match(/--on-demand/g)?.length).toBe(2);
    await expect.poll(async () => (await starter.state()).state).toBe('refused');
  });

  it('leaves the start of a service to the system', async () => {
    const { folder, at, starter } = await desktop('exit 0');
    await using _ = folder;
    await writeFile(at('snapferry.service'), '');
    expect((await starter.start(true)).state).toBe('installed');
    await expect(readFile(at('argv'))).rejects.toThrow();
  });

  it('has nothing to start where the program was not built', () => {
    expect(helperProgram('/nonexistent')).toBeNull();
  });
});
