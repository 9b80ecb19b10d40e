import { readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../core/cli/exit.ts';
import { FakeJob } from '../helper/support/fake-job.ts';
import { privateFolder, RunningDaemon } from '../helper/support/running-daemon.ts';
import { CommandLine, NO_SOCKET } from './support/command-line.ts';

const SECRET = `jobs:
  - type: snap
    name: grandmother
    filesystems: {"photopool/albums<": true}
    snapshotting: {type: periodic, prefix: zrepl_, interval: 10m, hooks: [{type: postgres-checkpoint, dsn: "host=db password=hunter22", filesystems: {}}]}
    pruning: {keep: [{type: last_n, count: 1}]}`;

describe('snapferry diagnostics', () => {
  it('prints what the daemon tells, without names, to anybody who may read', async () => {
    await using daemon = await RunningDaemon.start([new FakeJob('grandmother')]);
    const shell = new CommandLine();
    expect(await shell.run('diagnostics', '--socket', daemon.socketPath)).toBe(EXIT.ok);
    expect(shell.io.out).toContain('"name":"job-1","type":"push"');
    expect(shell.io.out).not.toContain('grandmother');
    const client = await daemon.user();
    expect((await client.request('diagnostics', {})).text).toContain('"part":"daemon"');
  });

  it('says what can be seen without the daemon, and why it is not more', async () => {
    const shell = new CommandLine({ configs: { '/secret.yml': SECRET } });
    expect(await shell.run('diagnostics', '--socket', NO_SOCKET, '--config', '/secret.yml')).toBe(EXIT.ok);
    expect(shell.io.out).toContain('"code":"daemon-unreachable"');
    expect(shell.io.out).toContain('"filesystems":{"dataset-1/dataset-2<":"true"}');
    expect(shell.io.out).toContain('"prefix":"zrepl_"');
    expect(shell.io.out).toContain('"dsn":"(not shown)"');
    for (const name of ['grandmother', 'photopool', 'albums', 'hunter22']) expect(shell.io.out).not.toContain(name);
    expect(shell.io.err).toContain('The daemon did not tell it.');
  });

  it('writes a new file that only its owner can read, and never over another', async () => {
    await using folder = await privateFolder();
    const file = join(folder.path, 'bundle.jsonl');
    const shell = new CommandLine();
    const write = (to: string) =>
      shell.run('diagnostics', '--socket', NO_SOCKET, '--config', '/good.yml', '--output', to);
    expect(await write(file)).toBe(EXIT.ok);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toContain('"part":"configuration"');
    expect(shell.io.out).toBe('');
    const other = join(folder.path, 'precious');
    await writeFile(other, 'precious');
    await symlink(other, join(folder.path, 'link'));
    for (const taken of [other, join(folder.path, 'link')]) expect(await write(taken)).toBe(EXIT.failed);
    expect(await readFile(other, 'utf8')).toBe('precious');
  });
});
