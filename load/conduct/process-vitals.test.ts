import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { readProcessVitals } from './process-vitals.ts';

test('of a process that runs', () => {
  const vitals = readProcessVitals(process.pid);
  expect(vitals?.cpuMs).toBeGreaterThan(0);
  expect(vitals?.rssBytes).toBeGreaterThan(1e6);
  expect(vitals?.fds).toBeGreaterThan(0);
});

test('of one that has ended, but was not collected, there are none: no memory of 0 bytes', async () => {
  // What the shell becomes never waits for the child that it started before.
  const parent = spawn('sh', ['-c', '(exit 0) & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  await expect.poll(() => readProcessVitals(Number(line))).toBeUndefined();
});
