import { describe, expect, it } from 'vitest';
import { desktopCommand } from '../../../core/cli/desktop-command.ts';
import { EXIT } from '../../../core/cli/exit.ts';
import { CommandLine } from './support/command-line.ts';

describe('snapferry open', () => {
  it("starts the desktop's part with the socket", async () => {
    const cli = new CommandLine();
    expect(await cli.run('open', '--socket', '/s')).toBe(EXIT.ok);
    expect(await cli.run('open', '--socket', '/s', '--print')).toBe(EXIT.ok);
    expect(await cli.run('open', '--socket', '/s', '--background')).toBe(EXIT.ok);
    expect(cli.desktop).toEqual([
      ['--socket', '/s'],
      ['--socket', '/s', '--print'],
      ['--socket', '/s', '--background'],
    ]);
  });

  it('says when that failed', async () => {
    const cli = new CommandLine();
    cli.desktopExit = 1;
    expect(await cli.run('open')).toBe(EXIT.failed);
  });

  it('finds it beside the bundle, and among the sources', () => {
    expect(desktopCommand('/usr/lib/snapferry/snapferry.mjs')[1]).toBe('/usr/lib/snapferry/snapferry-desktop.mjs');
    expect(desktopCommand('/src/core/cli/main.ts')[1]).toBe('/src/electron/desktop.ts');
  });
});
