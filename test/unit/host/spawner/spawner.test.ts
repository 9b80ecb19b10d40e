import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { spawnerCommand } from '../../../../core/cli/spawner-command.ts';
import { createLocalHost, LOCAL_ENVIRONMENT } from '../../../../core/host/local.ts';
import { activeCommands } from '../../../../core/host/registry.ts';
import { createSpawner } from '../../../../core/host/spawner/client.ts';
import { listenForStreams } from '../../../../core/host/spawner/streams.ts';
import { ROOT } from '../../../../scripts/lib/root.ts';
import { codeOf, until } from '../fake-ssh.ts';
import { runs } from '../processes.ts';
import { spawnerForTests } from './support.ts';

const spawner = spawnerForTests();
const COMMAND = spawnerCommand(`${ROOT}/core/cli/main.ts`);
const host = createLocalHost({ label: 'this machine', startProgram: spawner.start });
const soon = { deadlineMs: 20_000 };

async function pidOfSleep(): Promise<number> {
  const running = await host.start(['/bin/sh', '-c', 'echo $$; exec sleep 1000'], {});
  running.ended.catch(() => undefined);
  const [line] = await once(running.stdout, 'data');
  return Number(String(line));
}

test('a spawner that is killed ends what it ran, says so, and is started again', async () => {
  const pid = await pidOfSleep();
  const first = spawner.pid();
  if (first === null) throw new Error('no spawner runs');
  const run = host.run(['sleep', '1000'], soon);
  await until(() => activeCommands().length === 2);
  process.kill(first, 'SIGKILL');
  expect(await codeOf(run)).toBe('spawner-lost');
  await until(() => !runs(pid) && activeCommands().length === 0);
  expect((await host.run(['echo', 'again'], soon)).stdout).toBe('again\n');
  expect(spawner.pid()).not.toBe(first);
});

test('a spawner whose parent is killed ends what it ran, and itself', async () => {
  const script = `
    import { createSpawner } from '${ROOT}/core/host/spawner/client.ts';
    const spawner = createSpawner({ command: ${JSON.stringify(COMMAND)}, env: process.env, host: 'x' });
    const program = await spawner.start(['sleep', '1000'], { stdin: 'ignore', stdout: 'ignore' }, process.env);
    console.log(JSON.stringify([program.pid, spawner.pid()]));`;
  const parent: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve) => parent.stdout?.once('data', (chunk) => resolve(String(chunk))));
  const [program, spawnerPid] = JSON.parse(line);
  expect([runs(program), runs(spawnerPid)]).toEqual([true, true]);
  parent.kill('SIGKILL');
  await until(() => !runs(program) && !runs(spawnerPid));
});

test('after its end nothing is started any more, and it ends once', async () => {
  const other = createSpawner({ command: COMMAND, env: LOCAL_ENVIRONMENT, host: 'x' });
  await other.close();
  const used = createSpawner({ command: COMMAND, env: LOCAL_ENVIRONMENT, host: 'x' });
  const program = await used.start(['sleep', '1000'], { stdin: 'ignore', stdout: 'ignore' }, LOCAL_ENVIRONMENT);
  await Promise.all([used.close(), used.close()]);
  await expect(program.closed).rejects.toMatchObject({ code: 'spawner-lost' });
  await until(() => !runs(program.pid));
  await expect(used.start(['true'], { stdin: 'ignore', stdout: 'ignore' }, {})).rejects.toMatchObject({
    code: 'spawner-lost',
  });
});

test('a program that is no spawner is a lost one', async () => {
  const silent = createSpawner({ command: ['/bin/true'], env: {}, host: 'x' });
  await expect(silent.start(['true'], { stdin: 'ignore', stdout: 'ignore' }, {})).rejects.toMatchObject({
    code: 'spawner-lost',
  });
  const missing = createSpawner({ command: ['/nonexistent'], env: {}, host: 'x' });
  await expect(missing.start(['true'], { stdin: 'ignore', stdout: 'ignore' }, {})).rejects.toMatchObject({
    code: 'spawner-lost',
  });
  const babbling = createSpawner({
    command: [process.execPath, '-e', 'process.send({ kind: "exited" }); process.on("message", () => undefined)'],
    env: {},
    host: 'x',
  });
  await expect(babbling.start(['true'], { stdin: 'ignore', stdout: 'ignore' }, {})).rejects.toMatchObject({
    code: 'spawner-lost',
  });
});

test('only a connection that begins with the word is taken, in whatever pieces it comes', async () => {
  const streams = await listenForStreams();
  const wanted = streams.expect();
  for (const start of [`${'0'.repeat(32)}\n`, 'x'.repeat(100), `${wanted.word}x`]) {
    const stranger = connect(streams.path);
    stranger.on('error', () => undefined);
    stranger.write(start);
    await once(stranger, 'close');
  }
  const socket = connect(streams.path);
  for (const character of wanted.word) socket.write(character);
  socket.write('\nhello');
  const taken = await wanted.socket;
  const [chunk] = await once(taken, 'data');
  expect(String(chunk)).toBe('hello');
  for (const end of [taken, socket]) end.destroy();
  const unwanted = streams.expect();
  const late = connect(streams.path);
  unwanted.cancel();
  late.on('error', () => undefined);
  late.write(`${unwanted.word}\n`);
  await once(late, 'close');
  await streams.close();
});
