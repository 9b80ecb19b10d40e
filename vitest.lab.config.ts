import { defineConfig } from 'vitest/config';

/**
 * The lab tests: real OpenZFS in virtual machines. The machines are brought up once for the whole suite; each file makes pools
 * of its own, so that two files can run at a time.
 */

/**
 * Files that were not seen to pass as a whole on a quiet machine yet. They run with SNAPFERRY_LAB_ALL=1, and move out of this
 * list one by one.
 */
const UNPROVEN = [
  'test/lab/platform/company.lab.test.ts',
  'test/lab/platform/placeholders.lab.test.ts',
  'test/lab/platform/space.lab.test.ts',
  'test/lab/zfs/direct.lab.test.ts',
  'test/lab/zfs/send-process.lab.test.ts',
  'test/lab/bad-input/connection.lab.test.ts',
  'test/lab/bad-input/destination.lab.test.ts',
  'test/lab/bad-input/permissions.lab.test.ts',
  'test/lab/bad-input/source.lab.test.ts',
  'test/lab/bad-input/space.lab.test.ts',
  'test/lab/bad-input/tokens.lab.test.ts',
];

export default defineConfig({
  test: {
    include: ['test/lab/**/*.lab.test.ts'],
    exclude: process.env.SNAPFERRY_LAB_ALL === undefined ? UNPROVEN : [],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    globalSetup: ['test/lab/suite-setup.ts'],
    // Emulated machines are slow and unevenly so: these only end what hangs.
    testTimeout: 300_000,
    // A defect fails twice; an emulated machine that stood still for a minute does not.
    retry: process.env.CI === undefined ? 0 : 1,
    hookTimeout: 600_000,
    teardownTimeout: 120_000,
  },
});
