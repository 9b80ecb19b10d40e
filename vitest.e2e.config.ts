import { defineConfig } from 'vitest/config';

/** The faces of Snapferry as a person meets them: a real panel and notices, a real browser, the real contract behind them. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.e2e.test.ts'],
    environment: 'node',
    pool: 'forks',
    globalSetup: ['test/e2e/suite-setup.ts'],
    // Each has a screen, a bus and a browser of its own, and waits for a good part of its time.
    maxWorkers: 2,
    // These only end what hangs.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    retry: process.env.CI === undefined ? 0 : 1,
  },
});
