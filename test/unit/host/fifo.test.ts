import { readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { closeFd, makeFifo } from '../../../core/host/fifo.ts';
import { createLocalHost } from '../../../core/host/local.ts';
import type { CommandEvent } from '../../../core/host/registry.ts';
import { codeOf } from './fake-ssh.ts';

/** A host, and how often something was started on it. */
function watched() {
  const events: CommandEvent[] = [];
  const host = createLocalHost({ label: 'here', onCommand: (event) => void events.push(event) });
  return { host, started: () => events.filter(({ kind }) => kind === 'started') };
}

/** The folder that the last mkfifo was told of. */
function folderOf(events: readonly CommandEvent[]): string {
  return dirname(events.at(-1)?.argv.at(-1) ?? '');
}

async function useOne(host: ReturnType<typeof watched>['host']): Promise<void> {
  const { readFd, writeFd } = await makeFifo(host);
  closeFd(readFd);
  closeFd(writeFd);
}

test('one program makes many, each is used once, and no name is left', async () => {
  const { host, started } = watched();
  await Promise.all(Array.from({ length: 16 }, () => useOne(host)));
  expect(started()).toHaveLength(1);
  const folder = folderOf(started());
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readdirSync(folder)).toEqual([]);
  await useOne(host);
  expect(started()).toHaveLength(2);
  expect(readdirSync(folder)).toHaveLength(15);
  await host.close();
  expect(() => statSync(folder)).toThrow();
  await host.close();
});

test('what was tidied away meanwhile is made again', async () => {
  const { host, started } = watched();
  await useOne(host);
  rmSync(folderOf(started()), { recursive: true });
  await useOne(host);
  expect(started()).toHaveLength(2);
  await host.close();
});

test('where none can be made it is an error, and not for ever', async () => {
  const { host } = watched();
  const before = process.env.TMPDIR;
  process.env.TMPDIR = join(tmpdir(), 'no such folder');
  await expect(makeFifo(host)).rejects.toThrow('ENOENT');
  process.env.TMPDIR = before ?? '';
  if (before === undefined) delete process.env.TMPDIR;
  await useOne(host);
  await host.close();
  const poor = createLocalHost({ label: 'poor', env: {}, startProgram: () => Promise.reject(new Error('no program')) });
  expect(await codeOf(makeFifo(poor))).toBe('internal');
});
