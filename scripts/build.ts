/** `npm run build`: the command line as one file, and the window. */
import { relative } from 'node:path';
import { build } from './build/build.ts';
import { RENDERER_GZIP_BYTES_MAX } from './build/renderer.ts';
import { ROOT } from './lib/root.ts';

try {
  const { file, sizeBytes, packages, windowGzipBytes } = await build();
  console.log(
    `${relative(ROOT, file)}: ${Math.round(sizeBytes / 1024)} KiB, with the licences of ${packages} packages`,
  );
  console.log(
    `dist/renderer: ${Math.round(windowGzipBytes / 1024)} KiB with gzip, of ${RENDERER_GZIP_BYTES_MAX / 1024} allowed`,
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
