import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { cleanUp, load, until } from './support/chatstorm.ts';

afterAll(cleanUp);

/** Busy for nothing on one core, until the test is over; in a session of its own, since sessions share a core evenly. */
function hog(core: number): void {
  const child = spawn('taskset', ['-c', String(core), process.execPath, '-e', 'for (;;);'], {
    stdio: 'ignore',
    detached: true,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
}

async function pin(pid: number, core: number): Promise<void> {
  const child = spawn('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' });
  await new Promise((resolve) => child.once('close', resolve));
}

function breachesOf(run: ReturnType<typeof load>) {
  return run.record().verdict.breaches;
}

describe('a run whose generator was the bottleneck is invalid, and names the culprit first', () => {
  test('probes blocked for 500 ms: seen from outside, while it lasts', async () => {
    const run = load('--no-crowd');
    const { probes } = await run.pids();
    await run.second(2);
    process.kill(probes, 'SIGSTOP');
    const log = join(run.folder, 'conductor-0-0.ndjson');
    const blockedAt = performance.now();
    await until(() => existsSync(log) && readFileSync(log, 'utf8').includes('"kind":"stalled","role":"probes"'));
    await pause(Math.max(0, 500 - (performance.now() - blockedAt)));
    process.kill(probes, 'SIGCONT');
    expect(await run.ended).toBe(3);
    expect(breachesOf(run)[0]).toMatchObject({ gate: 'stall', role: 'probes' });
    expect(run.output).toMatch(/^Invalid: the probes process stood still for \d+ ms/m);
    const verdictAt = run.output.search(/^! invalid/m);
    expect(run.output.indexOf('the probes process stood still')).toBeLessThan(verdictAt);
  });

  test('probes on one core with CPU hogs: the probes', async () => {
    const run = load('--no-crowd', '--duration', '6s', '--rate', '400/s');
    const { probes } = await run.pids();
    await pin(probes, 0);
    for (let i = 0; i < 10; i++) hog(0);
    expect(await run.ended).toBe(3);
    const gates = breachesOf(run).map((breach) => ('role' in breach ? `${breach.gate} ${breach.role}` : breach.gate));
    expect(['lag', 'busy probes', 'stall probes']).toContain(gates[0]);
    expect(gates.join()).not.toContain('crowd');
  });

  test('a crowd on one core with CPU hogs: the crowd', async () => {
    const run = load('--users', '200', '--duration', '8s');
    const { crowd } = await run.pids();
    await pin(crowd, 0);
    for (let i = 0; i < 10; i++) hog(0);
    expect(await run.ended, run.output).toBe(3);
    expect(breachesOf(run)[0]).toMatchObject({ role: 'crowd' });
    expect(run.output).toMatch(/^Invalid: .*crowd/m);
  });
});
