import { defineConfig } from 'vitest/config';

/** Whole runs whose times are not looked at. */
const untimed = [
  'test/audit.test.ts',
  'test/capacity.test.ts',
  'test/deaths.test.ts',
  'test/disk.test.ts',
  'test/engine-package.test.ts',
  'test/engines.test.ts',
  'test/hooks.test.ts',
  'test/offline.test.ts',
  'test/package.test.ts',
  'test/pipeline.test.ts',
  'test/secrets.test.ts',
  'test/serve.test.ts',
  'test/several.test.ts',
  'test/substance.test.ts',
  'test/with-packages.test.ts',
];

/** Runs of many processes each. */
const crowded = ['test/nodes.test.ts', 'test/workers.test.ts'];

/** Runs of a minute, which wait for the clock most of the time. */
const long = ['test/fallback.test.ts', 'test/nginx.test.ts', 'test/reconnect.test.ts', 'test/recovery.test.ts'];

/** Whole runs measure time: they come after everything else, one file at a time. */
const runs = [
  'test/broadcast.test.ts',
  'test/examples.test.ts',
  'test/stalls.test.ts',
  'test/saturation.test.ts',
  'test/targets.test.ts',
];

/** What is waited for comes on a busy machine too, if it comes at all. */
const expect = { poll: { timeout: 10_000 } };
const exclude = ['node_modules/**', 'reports/runs/**'];

/** Some of the files, when those before are done; as many at a time as `maxWorkers` says. */
function group(name: string, groupOrder: number, maxWorkers: number, include: readonly string[]) {
  const sequence = { groupOrder };
  const fileParallelism = maxWorkers > 1;
  return { test: { name, include: [...include], maxWorkers, fileParallelism, testTimeout: 90_000, expect, sequence } };
}

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'parts',
          // Many of them wait for something most of the time.
          maxWorkers: 4,
          include: ['**/*.test.ts'],
          exclude: [...exclude, ...untimed, ...crowded, ...long, ...runs],
          testTimeout: 20_000,
          expect,
          sequence: { groupOrder: 0 },
        },
      },
      // Runs wait for the clock more than for a core.
      group('untimed', 1, 3, untimed),
      group('crowded', 2, 2, crowded),
      group('long', 3, 2, long),
      group('runs', 4, 1, runs),
    ],
  },
});
