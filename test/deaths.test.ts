import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import {
  accountedIn,
  childrenOf,
  cleanUp,
  faultsIn,
  isAlive,
  load,
  processesWritingTo,
  Running,
  shortScenario,
  temporaryFolder,
  until,
  valueIn,
} from './support/chatstorm.ts';

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
      expect(record.verdict.breaches[0]).toMatchObject({
        gate: 'death',
        role,
        end: { kind: 'signal', signal: 'SIGKILL' },
      });
      expect(run.output).toContain(`Invalid: the ${role} process ended early (SIGKILL).`);
      expect(accountedIn(record)).toBe(valueIn(record, 'delivery.expected'));
    },
  );
});

describe.concurrent('before the run has begun', () => {
  test.each(['probes', 'nullTarget', 'server'])(
    'a %s that dies makes a run that is invalid, with a report',
    async (role) => {
      const run = load('--no-crowd');
      const pidOf = () => childrenOf(run.folder).find((child) => child.role === role)?.pid;
      await until(() => pidOf() !== undefined);
      process.kill(pidOf()!, 'SIGKILL');
      expect(await run.ended, run.output).toBe(3);
      await until(() => processesWritingTo(run.folder).length === 0);
      const { state, verdict } = run.record();
      expect(state).toBe('partial');
      expect(verdict.breaches[0]).toMatchObject({ gate: 'death', role, end: { kind: 'signal', signal: 'SIGKILL' } });
      const again = new Running(['report', run.folder], run.folder);
      expect(await again.ended, again.output).toBe(3);
    },
  );

  test('one that fails says why, in the words of its log', async () => {
    const folder = temporaryFolder();
    const scenario = join(folder, 'mute.yml');
    const { config, scenarios, chatstorm } = parse(readFileSync(shortScenario, 'utf8'));
    writeFileSync(scenario, stringify({ config, scenarios, chatstorm }));
    const env = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(breaksServers)}` };
    const run = new Running(['load', scenario, '--no-crowd', '--out', join(folder, 'run')], join(folder, 'run'), env);
    expect(await run.ended, run.output).toBe(3);
    expect(run.output).toContain('Invalid: the server process ended early (exit code 7).');
    expect(run.output).toMatch(/It ends with: .*the socket was left in the rain/);
  });
});

test('kill -9 of the conductor ends children that are stopped, too', async () => {
  const { run, pids } = await running('--no-crowd');
  process.kill(pids.probes, 'SIGSTOP');
  run.process.kill('SIGKILL');
  await expectAllGone(pids);
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

/** Preloaded into every process: ends servers as they start. */
const breaksServers = `
  if (/server.main\\.ts$/.test(process.argv[1] ?? '')) {
    console.error('\\u001b[31mthe socket was left in the rain');
    process.exit(7);
  }`;
