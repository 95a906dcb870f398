import { defineConfig } from 'vitest/config';

/** Whole runs measure time: they come after everything else, one file at a time. */
const runs = [
  'test/broadcast.test.ts',
  'test/fallback.test.ts',
  'test/reconnect.test.ts',
  'test/stalls.test.ts',
  'test/saturation.test.ts',
  'test/targets.test.ts',
];

/** Whole runs whose times are not looked at. */
const untimed = [
  'test/deaths.test.ts',
  'test/disk.test.ts',
  'test/engine-package.test.ts',
  'test/engines.test.ts',
  'test/examples.test.ts',
  'test/hooks.test.ts',
  'test/nginx.test.ts',
  'test/nodes.test.ts',
  'test/offline.test.ts',
  'test/package.test.ts',
  'test/pipeline.test.ts',
  'test/secrets.test.ts',
  'test/serve.test.ts',
  'test/several.test.ts',
  'test/substance.test.ts',
  'test/workers.test.ts',
];
/** What is waited for comes on a busy machine too, if it comes at all. */
const expect = { poll: { timeout: 10_000 } };
const exclude = ['node_modules/**', 'reports/runs/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'parts',
          // Many of them wait for something most of the time.
          maxWorkers: 4,
          include: ['**/*.test.ts'],
          exclude: [...exclude, ...runs, ...untimed],
          testTimeout: 20_000,
          expect,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'untimed',
          // Runs wait for the clock more than for a core.
          maxWorkers: 3,
          include: untimed,
          testTimeout: 90_000,
          expect,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'runs',
          maxWorkers: 2,
          include: runs,
          testTimeout: 90_000,
          expect,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
