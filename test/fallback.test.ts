import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { clientOrderNames } from '../bots/client-orders.ts';
import type { RunRecord } from '../measure/run-record/run-record.ts';
import { outcomeOf } from '../reports/wording/fallback-wording.ts';
import { accountedIn, cleanUp, isAlive, Running, root, temporaryFolder, valueIn } from './support/chatstorm.ts';

afterAll(cleanUp);

const shipped = parse(readFileSync(join(root, 'test', 'scenarios', 'matrix.yml'), 'utf8'));

/** Runs the short matrix, with some of it changed. */
async function runMatrix(change: { server?: object; matrix?: object } = {}) {
  const folder = temporaryFolder();
  const file = join(folder, 'matrix.yml');
  const { chatstorm } = shipped;
  const changed = {
    ...chatstorm,
    server: { ...chatstorm.server, ...change.server },
    matrix: { ...chatstorm.matrix, ...change.matrix },
  };
  writeFileSync(file, stringify({ ...shipped, chatstorm: changed }));
  const run = new Running(['load', file, '--no-crowd', '--out', join(folder, 'run')], join(folder, 'run'));
  const code = await run.ended;
  return { run, code, record: run.record() };
}

/** By network, the outcomes in the order of the client orders. */
function outcomesOf({ matrix, fallback }: RunRecord): Record<string, string> {
  return Object.fromEntries(
    (matrix?.networks ?? []).map((network) => {
      const cells = fallback?.cells.filter((cell) => cell.network === network) ?? [];
      expect(cells.map(({ order }) => order)).toEqual(clientOrderNames);
      return [network, cells.map(outcomeOf).join(' ')];
    }),
  );
}

function cellOf({ fallback }: RunRecord, order: string, network: string) {
  const cell = fallback?.cells.find((one) => one.order === order && one.network === network);
  if (!cell) throw new Error(`Expected a cell for ${order} on ${network}.`);
  return cell;
}

const twoNetworks = {
  networks: shipped.chatstorm.matrix.networks.slice(0, 2),
  cost: null,
  wave: '5s',
};

describe.concurrent('the fallback matrix', () => {
  test('without its proxy is invalid', async () => {
    const folder = join(temporaryFolder(), 'run');
    const args = ['load', join(root, 'test', 'scenarios', 'matrix.yml'), '--no-crowd', '--out', folder];
    const run = new Running(args, folder);
    const pids = await run.pids();
    await run.second(2);
    process.kill(pids.proxy, 'SIGKILL');
    expect(await run.ended).toBe(3);
    expect(run.output).toContain('Invalid: the proxy process ended early (SIGKILL).');
    expect(run.record()).toMatchObject({ state: 'partial' });
    for (const pid of Object.values(pids)) expect(isAlive(pid)).toBe(false);
  });

  test('has the known outcome in every cell, and accounts for every delivery', async () => {
    const { record, run } = await runMatrix();
    //                           polling first, WebSocket first with and without tryAllTransports, WebSocket, polling
    expect(outcomesOf(record)).toEqual({
      open: 'websocket websocket websocket websocket polling',
      'upgrade-refused': 'polling polling never never polling',
      'upgrade-stripped': 'polling polling never never polling',
      'upgrade-swallowed': 'polling never never never polling',
      'websocket-cut-first-frame': 'polling flapping flapping flapping polling',
      'websocket-cut-idle': 'websocket websocket websocket websocket polling',
    });
    expect(cellOf(record, 'websocket-only', 'upgrade-refused').troubles).toEqual([
      { at: 'connect', reason: 'websocket error: Unexpected server response: 403', clients: 3 },
    ]);
    expect(cellOf(record, 'websocket-only', 'upgrade-swallowed').troubles).toEqual([
      { at: 'connect', reason: 'timeout', clients: 3 },
    ]);
    expect(cellOf(record, 'websocket-only', 'websocket-cut-idle').disconnects).toBeGreaterThanOrEqual(3);
    expect(record.fallback?.refusals['upgrade-stripped']).toMatchObject({
      TRANSPORT_MISMATCH: 3,
      TRANSPORT_HANDSHAKE_ERROR: expect.any(Number),
    });
    for (const network of ['upgrade-refused', 'upgrade-swallowed'])
      expect(record.fallback?.refusals[network], network).toEqual({});
    expect(valueIn(record, 'fallback.connected{order=polling-first}')).toBe(1);
    expect(valueIn(record, 'fallback.connected{order=websocket-only,network=upgrade-refused}')).toBe(0);
    expect(valueIn(record, 'fallback.connected{order=websocket-only}')).toBeCloseTo(1 / 3);
    expect(accountedIn(record)).toBe(valueIn(record, 'delivery.expected'));
    for (const outcome of ['lost', 'duplicate', 'reordered', 'corrupted', 'misrouted', 'phantom', 'unknown']) {
      expect(valueIn(record, `delivery.${outcome}`), outcome).toBe(0);
    }
    expect(valueIn(record, 'delivery.delivered{network=open}')).toBe(
      valueIn(record, 'delivery.expected{network=open}'),
    );
    expect(valueIn(record, 'delivery.expected{network=open}')).toBeGreaterThan(0);
    // A second of 20 messages in each cell while its clients come and upgrade, and 5 a second from then on.
    expect(valueIn(record, 'messages.scheduled{network=open}')).toBeGreaterThan(5 * (20 + 2));
    for (const transport of ['polling', 'websocket']) {
      expect(valueIn(record, `bytes.perDelivery{transport=${transport}}`)).toBeGreaterThan(100);
      expect(valueIn(record, `server.cpuPerDelivery{transport=${transport}}`)).toBeGreaterThan(0);
    }
    expect(run.output).toContain('✗ never');
    expect(run.output).toContain('tryAllTransports');
    expect(run.output).toMatch(/On upgrade-stripped the server received WebSocket requests without an Upgrade header/);
    const faults = record.faults.map(({ kind, fault }) => `${kind} ${fault}`);
    expect(faults.slice(0, 2)).toEqual(['faultOn upgrade-refused', 'faultOff upgrade-refused']);
  });

  test('of a server that speaks polling only: nobody gets a WebSocket, and those who insist on one get nothing', async () => {
    const { record } = await runMatrix({ server: { transports: ['polling'] }, matrix: twoNetworks });
    expect(outcomesOf(record)).toEqual({
      open: 'polling polling never never polling',
      'upgrade-refused': 'polling polling never never polling',
    });
  });

  test('of a server that speaks WebSocket only: polling gets nothing, and where WebSocket is blocked nobody does', async () => {
    const { record, code } = await runMatrix({ server: { transports: ['websocket'] }, matrix: twoNetworks });
    expect(outcomesOf(record)).toEqual({
      open: 'never websocket websocket websocket never',
      'upgrade-refused': 'never never never never never',
    });
    expect(record.fallback?.refusals.open).toHaveProperty('UNKNOWN_TRANSPORT');
    expect(code).toBe(record.verdict.breaches.length > 0 ? 3 : 99);
    expect(record.verdict.thresholds[0]).toMatchObject({ outcome: 'fail', value: 0 });
  });
});
