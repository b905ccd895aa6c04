import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'rooms',
          include: ['src/**/*.test.ts', 'bench/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [
            '**/*.servers.test.ts',
            'test/e2e/**',
            'test/browser/**',
            'test/crash/**',
            'node_modules/**',
          ],
          // Files share the modules that are loaded, which is most of the time of a small one.
          isolate: false,
        },
      },
      {
        extends: true,
        test: { name: 'end-to-end', include: ['test/e2e/**/*.test.ts'] },
      },
    ],
  },
});
