import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Rollup } from 'vite';
import { ROOT } from '../lib/root.ts';

/** What a window has to load, all of it, compressed. */
export const RENDERER_GZIP_BYTES_MAX = 600 * 1024;

/**
 * In tests React complains of what it finds wrong. Libraries are not told that they are tested: they would behave as in no
 * browser, and draw lists of a thousand rows as a whole.
 */
const MODE = process.env.NODE_ENV === 'test' ? 'development' : 'production';

export interface RendererBuild {
  readonly gzipBytes: number;
  /** Files that went into it. */
  readonly modules: readonly string[];
}

/**
 * Builds the window into `outDir`. Throws when anything cannot be resolved, and when the result is larger than a window that opens
 * at once may be.
 */
export async function buildRenderer(outDir: string): Promise<RendererBuild> {
  const result = await build({
    configFile: false,
    root: join(ROOT, 'renderer'),
    // Served below the root of its own address, or from an own scheme: nothing is absolute.
    base: './',
    logLevel: 'warn',
    define: { 'process.env.NODE_ENV': JSON.stringify(MODE) },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'chrome130',
      // The policy of the page allows no inline script; browsers that old are not meant.
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      reportCompressedSize: false,
      chunkSizeWarningLimit: RENDERER_GZIP_BYTES_MAX,
      rolldownOptions: {
        onLog(level, log, next) {
          // "use client" means nothing outside a server.
          if (log.code !== 'MODULE_LEVEL_DIRECTIVE') next(level, log);
        },
      },
    },
  });
  const outputs = [result].flat().filter((one): one is Rollup.RollupOutput => 'output' in one);
  const modules = outputs.flatMap(({ output }) =>
    output.flatMap((file) => (file.type === 'chunk' ? Object.keys(file.modules) : [])),
  );
  const gzipBytes = gzipBytesOf(outDir);
  if (gzipBytes > RENDERER_GZIP_BYTES_MAX) {
    throw new Error(`the window has ${gzipBytes} bytes with gzip; ${RENDERER_GZIP_BYTES_MAX} are allowed`);
  }
  return { gzipBytes, modules };
}

/** All files of a folder, each compressed as it would be sent. */
function gzipBytesOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + gzipSync(readFileSync(join(entry.parentPath, entry.name))).length, 0);
}
