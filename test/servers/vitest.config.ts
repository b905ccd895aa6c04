import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.servers.test.ts', 'test/**/*.servers.test.ts'],
    globalSetup: ['test/servers/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
