import { defineConfig } from 'vitest/config';

/** The unit tests: no ZFS, no network, no root, milliseconds each. */
export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts', 'test/simulation/**/*.test.ts'],
    environment: 'node',
    setupFiles: ['test/unit/seed.ts'],
    // Milliseconds each, but not on a machine where others work: a deadline here only ends what hangs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Tests of real processes have deadlines of their own; in CI what a crowded moment broke may try once more.
    retry: process.env.CI === undefined ? 0 : 1,
    coverage: {
      provider: 'v8',
      include: ['core/**/*.ts'],
      reporter: ['text-summary', 'json-summary', 'html'],
      reportsDirectory: 'coverage',
      // A failing test must not hide how much is covered.
      reportOnFailure: true,
    },
  },
});
