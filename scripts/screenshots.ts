/** `npm run screenshots`: the pictures of the user guide, taken of the real window with made-up households. */
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { buildRenderer } from './build/renderer.ts';
import { ROOT } from './lib/root.ts';
import { PICTURES } from './screenshots/pictures.ts';
import { takePicture } from './screenshots/take.ts';

/** The guide is read over slow lines, too. */
const PICTURE_BYTES_MAX = 150_000;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    out: { type: 'string', default: join(ROOT, 'docs', 'user-guide', 'pictures') },
    window: { type: 'string' },
  },
});

const folder = values.window ?? mkdtempSync(join(tmpdir(), 'snapferry-window-'));
try {
  if (values.window === undefined) await buildRenderer(folder);
  mkdirSync(values.out, { recursive: true });
  for (const picture of PICTURES) {
    if (values.only !== undefined && !picture.name.includes(values.only)) continue;
    const file = join(values.out, `${picture.name}.png`);
    await takePicture(folder, picture, file);
    const { size } = statSync(file);
    console.log(`${relative(ROOT, file)}: ${Math.round(size / 1000)} kB`);
    if (size > PICTURE_BYTES_MAX) {
      console.error(`that is more than ${PICTURE_BYTES_MAX / 1000} kB`);
      process.exitCode = 1;
    }
  }
} finally {
  if (values.window === undefined) rmSync(folder, { recursive: true, force: true });
}
