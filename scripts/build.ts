/** `npm run build`: the command line as one file. */
import { relative } from 'node:path';
import { build } from './build/build.ts';
import { ROOT } from './lib/root.ts';

try {
  const { file, sizeBytes, packages } = await build();
  console.log(
    `${relative(ROOT, file)}: ${Math.round(sizeBytes / 1024)} KiB, with the licences of ${packages} packages`,
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
