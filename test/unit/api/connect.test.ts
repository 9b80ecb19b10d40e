import { chmod, rename } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectDaemon, socketFault } from '../../../core/api/wire/connect.ts';
import { privateFolder, RunningDaemon } from '../helper/support/running-daemon.ts';

const never = new AbortController().signal;

describe('socketFault', () => {
  const ME = 1000;
  const folder = { uid: 0, mode: 0o40755 };
  const socket = { uid: 0, mode: 0o140600 };
  it.each([
    [folder, socket, null],
    [{ ...folder, uid: ME }, { ...socket, uid: ME }, null],
    [{ ...folder, mode: 0o41777 }, socket, null],
    [{ ...folder, uid: 1001 }, socket, 'its folder belongs to another user'],
    [{ ...folder, mode: 0o40777 }, socket, 'others may write to its folder'],
    [{ ...folder, mode: 0o40775 }, socket, 'others may write to its folder'],
    [folder, { ...socket, uid: 1001 }, 'it belongs to another user'],
    [{ ...folder, mode: 0o41777 }, { ...socket, uid: 1001 }, 'it belongs to another user'],
  ])('%j %j: %s', (one, other, fault) => {
    expect(socketFault(one, other, ME)).toBe(fault);
  });
});

describe('connectDaemon', () => {
  it('greets', async () => {
    await using daemon = await RunningDaemon.start([]);
    const { client, daemon: about } = await connectDaemon(daemon.socketPath, never);
    expect(about.version).toBe('0.1.0');
    client.close();
  });

  it('says nothing to a socket in a folder of others', async () => {
    await using daemon = await RunningDaemon.start([]);
    const folder = join(daemon.socketPath, '..');
    await chmod(folder, 0o777);
    await expect(connectDaemon(daemon.socketPath, never)).rejects.toMatchObject({ code: 'socket-unusable' });
    await chmod(folder, 0o700);
  });

  it('finds nobody where there is no socket, or a dead one', async () => {
    await using folder = await privateFolder();
    const path = join(folder.path, 's');
    await expect(connectDaemon(path, never)).rejects.toMatchObject({ code: 'daemon-unreachable' });
    const dead = createServer().listen({ path });
    await new Promise((resolve) => dead.once('listening', resolve));
    await rename(path, `${path}.left`);
    await new Promise((resolve) => dead.close(resolve));
    await rename(`${path}.left`, path);
    await expect(connectDaemon(path, never)).rejects.toMatchObject({ code: 'daemon-unreachable' });
  });

  it('does not believe a server that speaks something else', async () => {
    await using folder = await privateFolder();
    const path = join(folder.path, 's');
    const reply = (result: unknown): string => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 0, result });
      return `Content-Length: ${body.length}\r\n\r\n${body}`;
    };
    const answers = [
      'HTTP/1.1 400 Bad Request\r\n\r\n',
      reply({
        protocol: 9,
        protocols: { oldest: 8, newest: 9 },
        version: '9',
        configFile: '',
        features: [],
        you: { uid: 0, user: 'root', administrator: true },
      }),

      reply({}),
    ];
    const server = createServer((socket) => socket.once('data', () => socket.write(answers.shift() ?? ''))).listen({
      path,
    });
    await new Promise((resolve) => server.once('listening', resolve));
    await expect(connectDaemon(path, never)).rejects.toMatchObject({ code: 'daemon-unreachable' });
    await expect(connectDaemon(path, never)).rejects.toThrow('it speaks protocol 9');
    await expect(connectDaemon(path, never)).rejects.toThrow('wrong at "protocol"');
    await new Promise((resolve) => server.close(resolve));
  });
});
