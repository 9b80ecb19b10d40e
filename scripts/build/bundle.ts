import { chmodSync, readFileSync } from 'node:fs';
import { type OutputChunk, type Plugin, rolldown } from 'rolldown';

/**
 * Compiled parts that ssh2, ws and dbus-native try to load and do without: compiled code cannot be part of one file. Each becomes a
 * module that fails to load, as it does where they were never compiled.
 */
const COMPILED_PARTS = /^cpu-features$|^bufferutil$|^utf-8-validate$|^abstract-socket$|\.node$/;

const ABSENT = 'snapferry:absent';

const withoutCompiledParts: Plugin = {
  name: 'without-compiled-parts',
  resolveId(source) {
    return COMPILED_PARTS.test(source) ? { id: `\0${ABSENT}/${source}.cjs` } : null;
  },
  load(id) {
    if (!id.startsWith(`\0${ABSENT}`)) return null;
    return { code: 'throw new Error("compiled parts are not in this bundle");', moduleType: 'js' };
  },
};

const SHEBANG = '#!/usr/bin/env node';

export interface BundleOptions {
  readonly entry: string;
  readonly outFile: string;
  /** What stands in the place of the identifier SNAPFERRY_VERSION. */
  readonly version: string;
  /** For Electron, which is there when the file runs: a module that is imported, or a script that is asked for by `require`. */
  readonly electron?: 'module' | 'script';
}

/**
 * Bundles an entry with everything it imports into one executable ESM file for Node 24 that needs no node_modules, or into one
 * for Electron. Resolves with the files that went into it. Throws when anything cannot be resolved.
 */
export async function bundle(options: BundleOptions): Promise<readonly string[]> {
  const { electron } = options;
  const build = await rolldown({
    input: options.entry,
    platform: 'node',
    external: electron === undefined ? [] : ['electron'],
    plugins: [withoutCompiledParts],
    transform: {
      target: 'node24',
      define: {
        SNAPFERRY_VERSION: JSON.stringify(options.version),
        // Packages in CommonJS ask for these; the result is ESM, which has them under other names.
        __dirname: 'import.meta.dirname',
        __filename: 'import.meta.filename',
      },
    },
    // A warning may be an import that fails at run time, far from here.
    onLog(level, log) {
      if (level === 'warn') throw new Error(`the bundle is not sound: ${log.message}`);
    },
  });
  try {
    const { output } = await build.write({
      file: options.outFile,
      format: electron === 'script' ? 'cjs' : 'esm',
      banner: electron !== undefined || readFileSync(options.entry, 'utf8').startsWith('#!') ? '' : SHEBANG,
      codeSplitting: false,
      comments: { legal: false },
    });
    if (electron === undefined) chmodSync(options.outFile, 0o755);
    return output.filter((file): file is OutputChunk => file.type === 'chunk').flatMap((chunk) => chunk.moduleIds);
  } finally {
    await build.close();
  }
}
