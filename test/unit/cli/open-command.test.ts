import { describe, expect, it } from 'vitest';
import { desktopProgram, desktopPrograms } from '../../../core/cli/desktop-command.ts';
import { EXIT } from '../../../core/cli/exit.ts';
import { CommandLine } from './support/command-line.ts';

describe('snapferry open', () => {
  it("starts the desktop's part with the socket", async () => {
    const cli = new CommandLine();
    expect(await cli.run('open', '--socket', '/s')).toBe(EXIT.ok);
    expect(await cli.run('open', '--socket', '/s', '--print')).toBe(EXIT.ok);
    expect(await cli.run('open', '--socket', '/s', '--background')).toBe(EXIT.ok);
    expect(await cli.run('open', '--socket', '/s', '--browser')).toBe(EXIT.ok);
    expect(cli.desktop).toEqual([
      ['--socket', '/s'],
      ['in the browser', '--socket', '/s', '--print'],
      ['--socket', '/s', '--background'],
      ['in the browser', '--socket', '/s'],
    ]);
  });

  it('says when that failed', async () => {
    const cli = new CommandLine();
    cli.desktopExit = 1;
    expect(await cli.run('open')).toBe(EXIT.failed);
  });

  const find = (entry: string, files: Readonly<Record<string, string>>) =>
    desktopPrograms(entry, '/node', { exists: (path) => path in files, read: (path) => files[path] ?? null });

  it('finds it beside the bundle, and among the sources', () => {
    expect(find('/usr/lib/snapferry/snapferry.mjs', {})).toEqual({
      browser: ['/node', '/usr/lib/snapferry/snapferry-desktop.mjs'],
      electron: null,
    });
    expect(find('/src/core/cli/main.ts', {})).toEqual({
      browser: ['/node', '/src/electron/desktop.ts'],
      electron: null,
    });
  });

  it('finds Electron in a package, and where npm has fetched it', () => {
    const packed = { '/opt/Snapferry/snapferry-desktop': '', '/opt/Snapferry/resources/app.asar': '' };
    expect(find('/opt/Snapferry/resources/service/snapferry.mjs', packed).electron).toEqual([
      '/opt/Snapferry/snapferry-desktop',
    ]);
    const fetched = {
      '/src/node_modules/electron/path.txt': 'electron',
      '/src/node_modules/electron/dist/electron': '',
      '/src/dist/electron/main.mjs': '',
    };
    for (const entry of ['/src/core/cli/main.ts', '/src/dist/snapferry.mjs']) {
      expect(find(entry, fetched).electron).toEqual(['/src/node_modules/electron/dist/electron', '/src/dist/electron']);
      for (const absent of Object.keys(fetched)) {
        const rest = Object.fromEntries(Object.entries(fetched).filter(([path]) => path !== absent));
        expect(find(entry, rest).electron, absent).toBeNull();
      }
    }
  });

  it.each(['', '.', '..', '../../x', '/bin/sh', 'a b'])('takes %j for no program of Electron', (path) => {
    // Everything is there but a package.
    const files = { exists: (file: string) => !file.endsWith('app.asar'), read: () => path };
    expect(desktopPrograms('/src/dist/snapferry.mjs', '/node', files).electron).toBeNull();
    const good = { ...files, read: () => 'electron\n' };
    expect(desktopPrograms('/src/dist/snapferry.mjs', '/node', good).electron).not.toBeNull();
  });

  it('uses Electron where it can be used and nobody wants the browser', () => {
    const programs = { browser: ['browser'], electron: ['electron'] } as const;
    const wish = { browser: false, env: { DISPLAY: ':0' }, uid: 1000 };
    expect(desktopProgram(programs, wish)).toEqual(['electron']);
    expect(desktopProgram(programs, { ...wish, env: { WAYLAND_DISPLAY: 'wayland-0' } })).toEqual(['electron']);
    expect(desktopProgram(programs, { ...wish, browser: true })).toEqual(['browser']);
    expect(desktopProgram(programs, { ...wish, env: { DISPLAY: '' } })).toEqual(['browser']);
    expect(desktopProgram(programs, { ...wish, uid: 0 })).toEqual(['browser']);
    expect(desktopProgram({ ...programs, electron: null }, wish)).toEqual(['browser']);
  });
});
