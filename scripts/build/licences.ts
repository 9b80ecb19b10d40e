import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Older packages list their licences as objects, or several of them as texts: any of these may be chosen. */
const packageSchema = z
  .object({
    name: z.string(),
    version: z.string(),
    license: z.union([z.string(), z.array(z.string())]).optional(),
    licenses: z.array(z.object({ type: z.string() })).optional(),
  })
  .transform(({ name, version, license, licenses = [] }) => ({
    name,
    version,
    licence: [license ?? licenses.map(({ type }) => type)].flat().join(' OR '),
  }));

/** A package that is part of a bundle. */
export interface Licence {
  readonly name: string;
  readonly version: string;
  /** As its package.json says: an SPDX expression. */
  readonly licence: string;
  readonly text: string;
}

const PACKAGE = /^(?<folder>.*\/node_modules\/(?:@[^/]+\/)?[^/@]+)\//;
const LICENCE_FILE = /^(licen[cs]e|copying|notice)([-.].*)?$/i;

/** The folders of the packages that module files come from; own modules have none. Pure; sorted, each once. */
export function packageFolders(moduleFiles: readonly string[]): readonly string[] {
  const folders = moduleFiles.map((file) => PACKAGE.exec(file)?.groups?.folder);
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort();
}

/** Reads the licence of a package. Throws where a package names none or brings no text: it could not be passed on. */
export function readLicence(folder: string): Licence {
  const about = packageSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  const files = readdirSync(folder)
    .filter((file) => LICENCE_FILE.test(file))
    .sort();
  if (about.licence === '' || files.length === 0) {
    throw new Error(`${about.name} names no licence or brings no licence text (${folder})`);
  }
  return { ...about, text: files.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n') };
}

/** All licences in one text for people. Pure. */
export function licenceText(licences: readonly Licence[]): string {
  const rule = '='.repeat(100);
  const head = 'Snapferry contains these packages. Their licences follow.\n';
  const list = licences.map(({ name, version, licence }) => `  ${name} ${version} (${licence})`).join('\n');
  const texts = licences.map(
    ({ name, version, licence, text }) => `${rule}\n${name} ${version} (${licence})\n\n${text}\n`,
  );
  return `${head}\n${list}\n\n${texts.join('\n')}`;
}
