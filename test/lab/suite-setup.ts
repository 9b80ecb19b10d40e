/**
 * Brings the virtual machines up once for all lab tests, and ends them with this process, however that ends. Which
 * OpenZFS they run and what the pair is called comes from `npm test` by way of the environment.
 */
import type { TestProject } from 'vitest/node';
import { ensureLab, lineReporter } from './guests/index.ts';
import { zfsFlavourOf } from './suite.ts';

declare module 'vitest' {
  interface ProvidedContext {
    labInstance: string;
    labZfs: string;
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const zfs = zfsFlavourOf(process.env.SNAPFERRY_LAB_ZFS ?? 'stable');
  // A pair of our own: one that somebody has up for themselves is neither used nor ended.
  const instance = process.env.SNAPFERRY_LAB_INSTANCE ?? `test-${process.pid}`;
  const report = lineReporter((line) => console.log(line));
  const lab = await ensureLab({ zfs, report });
  const guests = await lab.up({ instance, report, endWithUs: true });
  project.provide('labInstance', instance);
  project.provide('labZfs', zfs);
  return async () => {
    guests.close();
    await lab.down(instance);
  };
}
