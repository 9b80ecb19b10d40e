/** Builds the window once for all end-to-end tests. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildRenderer } from '../../scripts/build/renderer.ts';

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'snapferry-window-'));
  await buildRenderer(folder);
  project.provide('windowFolder', folder);
  return () => rm(folder, { recursive: true, force: true });
}
