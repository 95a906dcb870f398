import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { accountedIn, cleanUp, faultsIn, isAlive, load, Running, until, valueIn } from './support/chatstorm.ts';

afterAll(cleanUp);

/** Starts a run and waits until it measures. */
async function running(...args: string[]) {
  const run = load(...args);
  const pids = await run.pids();
  await run.second(2);
  return { run, pids };
}

async function expectAllGone(pids: Readonly<Record<string, number>>): Promise<void> {
  await until(() => !Object.values(pids).some(isAlive));
}

describe.concurrent('kill -9', () => {
  test('of the conductor: its children are gone, and the report can be built', async () => {
    const { run, pids } = await running();
    run.process.kill('SIGKILL');
    expect(await run.ended).toBe('SIGKILL');
    await expectAllGone(pids);
    const report = new Running(['report', run.folder], run.folder);
    expect(await report.ended, report.output).toBe(3);
    const record = run.record();
    expect(record.state).toBe('partial');
    expect(record.verdict.breaches[0]).toMatchObject({ gate: 'death', role: 'conductor' });
    expect(valueIn(record, 'delivery.expected')).toBeGreaterThan(0);
    expect(accountedIn(record)).toBe(valueIn(record, 'delivery.expected'));
  });

  test.each(['crowd', 'probes', 'server'] as const)(
    'of the %s: the run stops, is invalid and says so',
    async (role) => {
      const { run, pids } = await running(...(role === 'crowd' ? [] : ['--no-crowd']));
      process.kill(pids[role], 'SIGKILL');
      expect(await run.ended).toBe(3);
      await expectAllGone(pids);
      const record = run.record();
      expect(record.state).toBe('partial');
      expect(record.verdict.breaches[0]).toEqual({ gate: 'death', role, end: { kind: 'signal', signal: 'SIGKILL' } });
      expect(run.output).toContain(`Invalid: the ${role} process ended early (SIGKILL).`);
      expect(accountedIn(record)).toBe(valueIn(record, 'delivery.expected'));
    },
  );
});

describe.concurrent('an interruption', () => {
  test.each([
    ['SIGINT', 130, []],
    ['SIGTERM', 143, ['--no-crowd']],
  ] as const)('by %s ends the run in order, with %i', async (signal, code, flags) => {
    const { run, pids } = await running(...flags);
    run.process.kill(signal);
    expect(await run.ended).toBe(code);
    await expectAllGone(pids);
    expect(run.record()).toMatchObject({ state: 'partial', interruptedBy: signal });
    expect(faultsIn(run.record())).toEqual([]);
    expect(run.output).toContain(join(run.folder, 'report.html'));
  });

  test('said twice ends the run at once', async () => {
    const { run, pids } = await running('--no-crowd');
    process.kill(pids.server, 'SIGSTOP');
    run.process.kill('SIGINT');
    await until(() => run.process.kill('SIGINT') && !isAlive(pids.server));
    expect(await run.ended).toBe(130);
    await expectAllGone(pids);
    expect(run.record()).toMatchObject({ state: 'partial', interruptedBy: 'SIGINT' });
  });

  test('before the start leaves nothing behind', async () => {
    const run = load();
    await until(() => processesWritingTo(run.folder).length > 0);
    run.process.kill('SIGINT');
    expect(await run.ended).toBe(130);
    await until(() => processesWritingTo(run.folder).length === 0);
  });
});

/** The processes that have a file of a run's folder open. */
function processesWritingTo(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return (
        /^\d+$/.test(pid) &&
        readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith(folder))
      );
    } catch {
      return false;
    }
  });
}
