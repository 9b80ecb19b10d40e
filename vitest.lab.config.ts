import { defineConfig } from 'vitest/config';

/**
 * The lab tests: real OpenZFS in virtual machines. The machines are brought up once for the whole suite; each file makes pools
 * of its own, so that two files can run at a time.
 */

export default defineConfig({
  test: {
    include: ['test/lab/**/*.lab.test.ts'],
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
