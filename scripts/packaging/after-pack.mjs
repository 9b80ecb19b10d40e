/** Called by electron-builder when the files of a package lie together, before they are packed. */
import { join } from 'node:path';
import { flipFuses } from '@electron/fuses';
import { FUSES } from './fuses.mjs';

/** @param {{ appOutDir: string, packager: { executableName: string } }} context */
export default async function afterPack({ appOutDir, packager }) {
  await flipFuses(join(appOutDir, packager.executableName), FUSES);
}
