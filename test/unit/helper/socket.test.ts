import { chmod, mkdir, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listenOnSocket } from '../../../core/helper/socket.ts';
import { openSocket, privateFolder } from './support/running-daemon.ts';

describe('listenOnSocket', () => {
  let folder: { path: string } & AsyncDisposable;
  const servers: Server[] = [];

  async function listen(path: string): Promise<Server> {
    const server = await listenOnSocket(path, (socket) => socket.destroy());
    servers.push(server);
    return server;
  }

  beforeEach(async () => {
    folder = await privateFolder();
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    await folder[Symbol.asyncDispose]();
  });

  it('creates a private folder and a private socket, and leaves the umask alone', async () => {
    const umask = process.umask();
    const path = join(folder.path, 'run', 'control.sock');
    await listen(path);
    expect((await stat(join(folder.path, 'run'))).mode & 0o777).toBe(0o700);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(process.umask()).toBe(umask);
    (await openSocket(path)).destroy();
  });

  it('refuses to start beside a daemon that answers', async () => {
    const path = join(folder.path, 'control.sock');
    await listen(path);
    await expect(listen(path)).rejects.toMatchObject({ code: 'daemon-running', facts: { socket: path } });
    (await openSocket(path)).destroy();
  });

  it('takes the place of a socket whose daemon is dead', async () => {
    const path = join(folder.path, 'control.sock');
    // A socket that is moved away before its server closes is left behind, as after a crash.
    const dead = createServer().listen({ path });
    await new Promise((resolve) => dead.once('listening', resolve));
    await rename(path, `${path}.left`);
    await new Promise((resolve) => dead.close(resolve));
    await rename(`${path}.left`, path);
    await listen(path);
    (await openSocket(path)).destroy();
  });

  it('never removes what is not a socket', async () => {
    const path = join(folder.path, 'control.sock');
    await writeFile(path, 'precious');
    await expect(listen(path)).rejects.toMatchObject({ code: 'socket-unusable' });
    expect((await stat(path)).size).toBe(8);
  });

  it('refuses a folder that others may write to, a link, and a file', async () => {
    const open = join(folder.path, 'open');
    await mkdir(open);
    await chmod(open, 0o777);
    await expect(listen(join(open, 's'))).rejects.toMatchObject({ code: 'socket-unusable' });
    await symlink(folder.path, join(folder.path, 'link'));
    await expect(listen(join(folder.path, 'link', 's'))).rejects.toThrow('is not a folder');
    await writeFile(join(folder.path, 'file'), '');
    await expect(listen(join(folder.path, 'file', 's'))).rejects.toMatchObject({ code: 'socket-unusable' });
  });

  it('refuses a path that does not fit into a socket address', async () => {
    await expect(listen(join(folder.path, 'x'.repeat(108)))).rejects.toThrow('longer than 107 bytes');
  });
});
