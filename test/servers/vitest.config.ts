import { defineConfig } from 'vitest/config';

/** End-to-end tests that need not run on servers once more. */
const OF_FILES = [
  // From files to files; every other pair of set-ups is in moving.servers.test.ts.
  'test/e2e/moving.test.ts',
  // They serve fakes through the HTTP door: no store is behind it.
  'test/e2e/reverse-proxy.test.ts',
  'test/e2e/revoked-stream.test.ts',
];

export default defineConfig({
  test: {
    globalSetup: ['test/servers/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: { name: 'servers', include: ['src/**/*.servers.test.ts', 'test/**/*.servers.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'end-to-end',
          include: ['test/e2e/*.test.ts'],
          exclude: OF_FILES,
          // Requests take longer here than over files.
          env: { JIWA_TEST_SET_UP: 'servers', JIWA_TEST_CANARIES: '400' },
        },
      },
    ],
  },
});
