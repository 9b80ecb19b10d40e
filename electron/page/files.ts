/** The built page, read once: what is served is looked up by its whole path, so that no path leads anywhere else. */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

export interface StaticFile {
  readonly type: string;
  readonly bytes: Buffer;
}

/** By the path in the address, "/index.html". */
export type StaticFiles = ReadonlyMap<string, StaticFile>;

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** Everything below a folder that a browser can use; nothing where there is no such folder. */
export async function readStaticFiles(folder: string): Promise<StaticFiles> {
  return new Map(await readBelow(folder, ''));
}

/** One folder at a time: inside the archive of Electron, the whole tree cannot be listed at once everywhere. */
async function readBelow(folder: string, address: string): Promise<[string, StaticFile][]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const read = entries.map(async (entry): Promise<[string, StaticFile][]> => {
    const path = join(folder, entry.name);
    const below = `${address}/${entry.name}`;
    if (entry.isDirectory()) return readBelow(path, below);
    const type = TYPES[extname(entry.name)];
    return entry.isFile() && type !== undefined ? [[below, { type, bytes: await readFile(path) }]] : [];
  });
  return (await Promise.all(read)).flat();
}
