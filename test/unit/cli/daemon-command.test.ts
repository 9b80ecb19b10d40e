import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openEngine } from '../../../core/cli/engine.ts';
import { EXIT } from '../../../core/cli/exit.ts';
import { parseConfig } from '../../../core/config/parse-config.ts';
import { SILENT_LOG } from '../../../core/monitoring/log.ts';
import { FakeJob } from '../helper/support/fake-job.ts';
import { ended } from '../helper/support/run-events.ts';
import { privateFolder, RunningDaemon } from '../helper/support/running-daemon.ts';
import { CONFIGS, CommandLine } from './support/command-line.ts';
import { until } from './support/fake-io.ts';

const DRIVE_CONFIG = `jobs:
  - type: push
    name: photos
    connect: {type: drive, pool: blue, pool_guid: "5", root_fs: blue/backups, client_identity: desk}
    filesystems: {"tank/home<": true}
    snapshotting: {type: manual}
    pruning: {keep_sender: [{type: last_n, count: 1}], keep_receiver: [{type: last_n, count: 1}]}
`;

describe('snapferry daemon', () => {
  it('runs the jobs of its configuration until interrupted', async () => {
    await using folder = await privateFolder();
    const socket = join(folder.path, 's');
    const jobs = [new FakeJob('a')];
    const daemon = new CommandLine({ jobs });
    const state = join(folder.path, 'state');
    const serving = daemon.run('daemon', '--config', '/outlets.yml', '--socket', socket, '--state', state);
    await until(() => daemon.io.out.includes('the daemon has started'));
    const asking = new CommandLine();
    expect(await asking.run('status', '--json', '--socket', socket)).toBe(EXIT.ok);
    expect(JSON.parse(asking.io.out)).toMatchObject({ configFile: '/outlets.yml', jobs: [{ name: 'a' }] });
    expect(jobs[0]?.started).toBe(true);
    daemon.io.interrupt();
    expect(await serving).toBe(EXIT.ok);
    expect(daemon.enginesClosed).toBe(1);
    await expect(access(socket)).rejects.toThrow();
    expect(daemon.io.out).toContain('this log outlet is not built yet');
    expect(daemon.io.out).toContain('this kind of monitoring is not built yet');
  });

  it('adds a further drive to a job, after saying what that means, and not the same one twice', async () => {
    await using folder = await privateFolder();
    const [socket, file] = [join(folder.path, 'run', 's'), join(folder.path, 'c.yml')];
    const text = DRIVE_CONFIG;
    await writeFile(file, text);
    const jobs = [new FakeJob('photos')];
    const daemon = new CommandLine({ jobs, configs: { [file]: text } });
    const serving = daemon.run('daemon', '--config', file, '--socket', socket, '--state', join(folder.path, 'state'));
    await until(() => jobs[0]?.started === true);
    const red = ['--pool', 'red', '--pool-guid', '7', '--root-fs', 'red/backups', '--name', 'Red', '--socket', socket];
    const shown = new CommandLine();
    expect(await shown.run('config', 'add-drive', 'photos', ...red, '--dry-run')).toBe(EXIT.ok);
    expect(shown.io.out).toContain('Job photos backs up to a further drive, too. The others go on as before.');
    expect(await readFile(file, 'utf8')).toBe(text);
    expect(await new CommandLine().run('config', 'add-drive', 'photos', ...red)).toBe(EXIT.ok);
    const next = await readFile(file, 'utf8');
    const [job] = parseConfig(next, { fileName: file }).config?.jobs ?? [];
    expect(job).toMatchObject({ connect: { drives: [{ pool: 'blue' }, { pool: 'red', name: 'Red' }] } });
    daemon.setConfig(file, next);
    const again = new FakeJob('photos');
    jobs.splice(0, 1, again);
    await daemon.io.clock.advance(500);
    await until(() => again.started);
    for (const [wrong, said] of [
      [['config', 'add-drive', 'photos', ...red], 'photos backs up to the drive'],
      [['config', 'add-drive', 'nobody', ...red], 'nobody'],
      [['config', 'add-drive', 'photos', ...red, '--root-fs', 'blue/backups'], '--root-fs'],
      [['config', 'add-drive', 'photos', ...red, '--pool-guid', 'seven'], '--pool-guid'],
    ] as const) {
      const refused = new CommandLine();
      expect([await refused.run(...wrong), refused.io.err]).toEqual([EXIT.usage, expect.stringContaining(said)]);
    }
    daemon.io.interrupt();
    expect(await serving).toBe(EXIT.ok);
  });

  it('says with its exit code that a job did not end', async () => {
    await using folder = await privateFolder();
    const job = new FakeJob('a');
    job.obedient = false;
    const daemon = new CommandLine({ jobs: [job] });
    const paths = ['--socket', join(folder.path, 's'), '--state', join(folder.path, 'state')];
    const serving = daemon.run('daemon', '--config', '/outlets.yml', ...paths);
    await until(() => job.started);
    daemon.io.interrupt();
    await until(() => daemon.io.out.includes('the daemon is ending'));
    await daemon.io.clock.advance(60_000);
    expect(await serving).toBe(EXIT.failed);
  });

  it('remembers across its own end what became of the runs', async () => {
    await using folder = await privateFolder();
    const paths = ['--socket', join(folder.path, 's'), '--state', join(folder.path, 'state')];
    const job = new FakeJob('a');
    const first = new CommandLine({ jobs: [job] });
    const serving = first.run('daemon', '--config', '/outlets.yml', ...paths);
    await until(() => job.started);
    job.tell(ended(1, { success: true, endMs: 7000 }));
    first.io.interrupt();
    expect(await serving).toBe(EXIT.ok);

    const second = new CommandLine({ jobs: [new FakeJob('a')] });
    const again = second.run('daemon', '--config', '/outlets.yml', ...paths);
    await until(() => second.io.out.includes('the daemon has started'));
    const asking = new CommandLine();
    expect(await asking.run('status', '--json', '--socket', join(folder.path, 's'))).toBe(EXIT.ok);
    expect(JSON.parse(asking.io.out)).toMatchObject({
      jobs: [{ lastSuccessMs: 7000 }],
      state: { folder: join(folder.path, 'state'), problem: null },
    });
    second.io.interrupt();
    await again;
  });

  it('does not start twice', async () => {
    await using running = await RunningDaemon.start([]);
    await using folder = await privateFolder();
    const second = new CommandLine({ jobs: [new FakeJob('a'), new FakeJob('b')] });
    const paths = ['--socket', running.socketPath, '--state', folder.path];
    expect(await second.run('daemon', '--config', '/good.yml', ...paths)).toBe(EXIT.unreachable);
    // The state was given free again.
    await expect(access(join(folder.path, 'in-use.sock'))).rejects.toThrow();
    expect(second.io.err).toContain('Another daemon answers');
    expect(second.jobs.map((job) => job.started)).toEqual([false, false]);
  });

  it('does not start from a configuration with errors', async () => {
    const daemon = new CommandLine();
    expect(await daemon.run('daemon', '--config', '/broken.yml')).toBe(EXIT.config);
    expect(daemon.io.err).toContain('/broken.yml:1');
  });
});

describe('openEngine', () => {
  const ssh = (name: string, host: string): string => `
  - type: push
    name: ${name}
    connect: {type: ssh, host: ${host}, user: root, identity_file: /k, root_fs: "tank/${name}", host_key: "SHA256:${'A'.repeat(43)}"}
    filesystems: {"p/${name}": true}
    snapshotting: {type: manual}
    pruning: {keep_sender: [{type: last_n, count: 1}], keep_receiver: [{type: last_n, count: 1}]}`;

  it('makes jobs without starting anything', async () => {
    const text = `${CONFIGS['/refused.yml']}${ssh('one', 'nas')}${ssh('two', 'nas')}${ssh('three', 'other')}`;
    const { config, problems } = parseConfig(text, { fileName: '/x.yml' });
    if (config === null) throw new Error(JSON.stringify(problems));
    const engine = openEngine(config, SILENT_LOG);
    const jobs = config.jobs.filter((job) => job.name !== 'far').map((job) => engine.makeJob(job).status());
    expect(jobs.map((job) => [job.name, job.stage, job.destination])).toEqual([
      ['a', 'idle', null],
      ['one', 'idle', 'root@nas:tank/one'],
      ['two', 'idle', 'root@nas:tank/two'],
      ['three', 'idle', 'root@other:tank/three'],
    ]);
    expect(() => config.jobs.filter((job) => job.name === 'far').map((job) => engine.makeJob(job))).toThrow(
      'connections of type tcp',
    );
    expect(engine.commands()).toEqual({ active: 0, abandoned: 0 });
    const { signal } = new AbortController();
    await expect(engine.surroundings('/nonexistent').testJob('a', signal)).rejects.toThrow('not-applicable');
    await expect(engine.surroundings('/nonexistent').testJob('zzz', signal)).rejects.toThrow('job-unknown');
    await engine.close();
  });

  it('goes over to a configuration that was changed: jobs that are as before go on, and so does what was at work', async () => {
    await using folder = await privateFolder();
    const [socket, file] = [join(folder.path, 'run', 's'), join(folder.path, 'c.yml')];
    const text = CONFIGS['/good.yml'] ?? '';
    await writeFile(file, text);
    const jobs = [new FakeJob('a'), new FakeJob('b')];
    const daemon = new CommandLine({ jobs, configs: { [file]: text } });
    const serving = daemon.run('daemon', '--config', file, '--socket', socket, '--state', join(folder.path, 'state'));
    await until(() => jobs[1]?.started === true);
    jobs[1]?.become({ stage: 'replicating' });
    const root = new CommandLine();
    const shown = new CommandLine();
    expect(await shown.run('config', 'remove', 'a', '--dry-run', '--socket', socket)).toBe(EXIT.ok);
    expect(shown.io.out).toContain('Job a is removed. Its snapshots, its copies and its holds and bookmarks stay');
    expect(await root.run('config', 'remove', 'a', '--socket', socket)).toBe(EXIT.ok);
    const kept = /The old file is (.*)\n/.exec(root.io.out)?.[1] ?? '';
    expect(await readFile(kept, 'utf8')).toBe(text);
    const next = await readFile(file, 'utf8');
    expect(next).not.toContain('name: a');
    daemon.setConfig(file, next);
    const [gone, unchanged] = jobs.splice(0, 2);
    await daemon.io.clock.advance(500);
    await until(() => gone?.listenerCount === 0);
    // The other one is at what it was at, over the connections that are open.
    expect([unchanged?.status().stage, unchanged?.calls]).toEqual(['replicating', []]);
    expect(unchanged?.listenerCount).toBeGreaterThan(0);
    const other = next.replace('count: 1', 'count: 2');
    expect(other).not.toBe(next);
    await writeFile(file, other);
    daemon.setConfig(file, other);
    jobs.push(new FakeJob('b'));
    const [again] = jobs;
    expect(await new CommandLine().run('config', 'reload', '--socket', socket)).toBe(EXIT.ok);
    await daemon.io.clock.advance(500);
    await until(() => again?.calls.length === 1);
    expect([again?.started, again?.calls, unchanged?.listenerCount]).toEqual([true, ['wake wakeup false'], 0]);
    const logged = `global: {logging: [{type: stdout, level: error, format: json}]}\n${other}`;
    await writeFile(file, logged);
    daemon.setConfig(file, logged);
    expect(await new CommandLine().run('config', 'reload', '--socket', socket)).toBe(EXIT.ok);
    const after = new FakeJob('b');
    jobs.splice(0, 1, after);
    await daemon.io.clock.advance(500);
    await until(() => after.started);
    expect(daemon.enginesClosed).toBe(1);
    const wrong = new CommandLine();
    expect(await wrong.run('config', 'disable', 'a', '--socket', socket)).toBe(EXIT.usage);
    const bad = join(folder.path, 'bad.yml');
    await writeFile(bad, 'jobs: [{type: snap}]');
    expect(await wrong.run('config', 'put', bad, '--socket', socket)).toBe(EXIT.config);
    expect(await wrong.run('config', 'get', '--socket', socket)).toBe(EXIT.ok);
    expect(wrong.io.out).toBe(logged);
    daemon.io.interrupt();
    expect(await serving).toBe(EXIT.ok);
    expect(daemon.enginesClosed).toBe(2);
  });
});
