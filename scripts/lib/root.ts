import { dirname, join } from 'node:path';

/** The folder of the repository. */
export const ROOT = dirname(dirname(import.meta.dirname));

/** A program that an npm package brings; it runs on the Node that runs us. */
export const packageFile = (...path: readonly string[]): string => join(ROOT, 'node_modules', ...path);
