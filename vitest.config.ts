import { defineConfig } from 'vitest/config';

/** Two suites: `fast` is `npm test`; `slow` (large sizes, browsers, other Node majors) is `npm run test:slow`. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'fast', include: ['test/**/*.test.ts'], testTimeout: 60_000, pool: 'threads', maxWorkers: 2 } },
      {
        test: {
          name: 'slow',
          include: ['test/**/*.slow.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          maxWorkers: 1,
        },
      },
    ],
  },
});
