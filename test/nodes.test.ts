/** Several nodes of the reference chat, on a real Redis and behind a real HAProxy. */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { afterAll, describe, test, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { quietPort } from '../base/quiet-port.ts';
import { numberOf } from '../measure/run-record/read-metrics.ts';
import type { RunRecord } from '../measure/run-record/run-record.ts';
import {
  accountedIn,
  cleanUp,
  isAlive,
  processesWritingTo,
  Running,
  root,
  temporaryFolder,
  valueIn,
} from './support/chatstorm.ts';
import { hasHaproxy, hasRedis } from './support/redis.ts';

const canRun = hasRedis && hasHaproxy;
const where = canRun ? '' : ' (skipped: redis-server or haproxy is not installed)';
const LIMIT_MS = 120_000;
/** Each run has a dozen processes. */
vi.setConfig({ maxConcurrency: 2 });

afterAll(cleanUp);

const short = parse(readFileSync(join(root, 'test', 'scenarios', 'short.yml'), 'utf8'));

/** Runs the short scenario, with another `chatstorm:` half where that is wanted. */
async function run(name: string, args: readonly string[], change: object = {}): Promise<Running> {
  const folder = temporaryFolder();
  const file = join(folder, `${name}.yml`);
  const out = join(folder, 'run');
  writeFileSync(file, stringify({ ...short, chatstorm: { ...short.chatstorm, ...change } }));
  const running = new Running(['load', file, '--no-live', '--out', out, ...args], out);
  await running.ended;
  return running;
}

const noCrowd = ['--no-crowd'];
const outages = {
  server: { nodes: 2, stateRecovery: true, historyLength: 0 },
  probes: { rooms: 1, talkers: 2, rate: '10/s', listeners: 6, warmup: '2s', drain: '2s' },
  lag: '200ms',
  faults: [
    { name: 'silent', redis: 'silence', for: '2s', rest: '3s' },
    { name: 'away', redis: 'restart', for: '2s', rest: '4s' },
    // Behind it one of two nodes is empty: nothing would cross any more.
    { name: 'rolling', nodes: 'restart', rest: '4s' },
  ],
  thresholds: ['reconnect.back{fault=rolling} == 1'],
};

function faultIn({ outages }: RunRecord, name: string) {
  const found = outages.find(({ fault }) => fault === name);
  if (!found?.nodes) throw new Error(`Expected the fault ${name} to tell of nodes.`);
  return { ...found, nodes: found.nodes };
}

describe.skipIf(!canRun).concurrent(`several nodes${where}`, () => {
  test('account for every delivery, by the way it took, and leave nothing behind', { timeout: LIMIT_MS }, async ({
    expect,
  }) => {
    const running = await run('spread', ['--nodes', '3']);
    const record = running.record();
    expect(record.verdict.outcome, running.output).toBe('pass');
    expect(record.target.cluster).toEqual({ nodes: 3, adapter: 'redis-streams', balancer: 'haproxy-cookie' });
    expect(Object.keys(record.environment.versions)).toEqual(expect.arrayContaining(['redis', 'haproxy']));
    const expected = valueIn(record, 'delivery.expected');
    expect(accountedIn(record)).toBe(expected);
    const [same, cross] = ['same-node', 'cross-node'].map((path) => valueIn(record, `delivery.expected{path=${path}}`));
    expect(same! + cross!).toBe(expected);
    expect(cross).toBeGreaterThan(0);
    for (const path of ['same-node', 'cross-node'])
      expect(valueIn(record, `delivery.delivered{path=${path}}`)).toBe(
        valueIn(record, `delivery.expected{path=${path}}`),
      );
    // Those whom a node serves hear by it.
    expect(record.nodes.map(({ name }) => name)).toEqual(['node-1', 'node-2', 'node-3']);
    const arrived = record.nodes.reduce((sum, node) => sum + (node.arrived ?? 0), 0);
    expect(arrived).toBeGreaterThanOrEqual(valueIn(record, 'delivery.delivered'));
    for (const { clients } of record.nodes) expect(clients?.mean).toBeGreaterThan(0);
    expect(processesWritingTo(running.folder)).toEqual([]);
    const socket = /stats socket (\S+)/.exec(readFileSync(join(running.folder, 'haproxy.cfg'), 'utf8'))?.[1];
    expect(socket && existsSync(socket)).toBe(false);
  });

  test('behind a balancer that is not sticky: that is said, with the evidence of both sides', {
    timeout: LIMIT_MS,
  }, async ({ expect }) => {
    // Requests that interleave can happen to reach their own node: few clients may be let in at once.
    const probes = { ...short.chatstorm.probes, listeners: 20 };
    const unsticky = ['--nodes', '2', '--balancer', 'haproxy-roundrobin', ...noCrowd];
    const running = await run('unsticky', unsticky, { probes });
    const record = running.record();
    const finding = record.findings.find(({ id }) => id === 'not-sticky');
    expect(finding?.evidence ?? running.output).toMatch(/^Session ID unknown: the balancer is not sticky\./);
    expect(numberOf(record, 'server.refused{reason=UNKNOWN_SID}')).toBeGreaterThan(5);
    expect(await running.ended).not.toBe(0);
  });

  test('of one Node cluster hear each other without Redis, and are killed one by one', { timeout: LIMIT_MS }, async ({
    expect,
  }) => {
    const faults = [{ name: 'killed', nodes: 'kill', for: '1s', rest: '4s' }];
    const running = await run('cluster', ['--adapter', 'cluster', ...noCrowd], {
      ...outages,
      faults,
      thresholds: ['reconnect.back{fault=killed} == 1'],
    });
    const record = running.record();
    expect(record.verdict.outcome, running.output).toBe('pass');
    const { versions } = record.environment;
    expect(versions).toHaveProperty('@socket.io/cluster-adapter');
    expect(versions).not.toHaveProperty('redis');
    expect(faultIn(record, 'killed').reconnects).toBeGreaterThan(0);
    expect(valueIn(record, 'delivery.delivered{path=cross-node}')).toBeGreaterThan(0);
    expect(accountedIn(record)).toBe(valueIn(record, 'delivery.expected'));
    expect(processesWritingTo(running.folder)).toEqual([]);
  });

  test('are a chat for people, until it is told to end; the page knows its node', { timeout: LIMIT_MS }, async ({
    expect,
  }) => {
    const port = await quietPort();
    const temporary = temporaryFolder();
    const chat = new Running(['chat', '--nodes', '2', '--port', String(port)], temporary, { TMPDIR: temporary });
    await expect.poll(() => chat.output, { timeout: 60_000 }).toContain('is open at');
    const ends = [...chat.output.matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid));
    expect(ends).toHaveLength(2);
    const socket = io(`http://127.0.0.1:${port}`, { withCredentials: true, forceNew: true });
    const node = await new Promise((resolve) => socket.once('node', resolve));
    expect(['node-1', 'node-2']).toContain(node);
    socket.disconnect();
    const page = await (await fetch(`http://127.0.0.1:${port}/`)).text();
    expect(page).toContain('id="fact-node"');
    chat.process.kill('SIGTERM');
    expect(await chat.ended).toBe(0);
    expect(ends.filter(isAlive)).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('on Redis Streams: sessions are recovered across nodes; a Redis that stands still stalls every node, and nothing is lost', {
    timeout: LIMIT_MS,
  }, async ({ expect }) => {
    const running = await run('streams', noCrowd, outages);
    const record = running.record();
    const [rolling, silent, away] = ['rolling', 'silent', 'away'].map((name) => faultIn(record, name));
    expect(rolling!.reconnects, running.output).toBeGreaterThan(0);
    // One that is cut before it has heard anything has no session to recover.
    expect(rolling!.recovered).toBeGreaterThan(rolling!.reconnects / 2);
    expect(silent!.nodes.sameNode.slowestMs).toBeGreaterThan(1000);
    for (const fault of [silent, away]) {
      expect(fault!.disconnected).toBe(0);
      expect(fault!.nodes.crossNode).toMatchObject({ missed: 0, lost: 0 });
    }
    expect(record.findings.map(({ id }) => id)).toContain('bus-stalls-local');
    expect(accountedIn(record)).toBe(valueIn(record, 'delivery.expected'));
  });

  test('on Redis pub/sub: no session is recovered; nodes talk on by themselves, and what crosses them while Redis is away is late or lost', {
    timeout: LIMIT_MS,
  }, async ({ expect }) => {
    const running = await run('pubsub', [...noCrowd, '--adapter', 'redis-pubsub'], outages);
    const record = running.record();
    const [rolling, silent, away] = ['rolling', 'silent', 'away'].map((name) => faultIn(record, name));
    expect(rolling!.reconnects, running.output).toBeGreaterThan(0);
    expect(rolling!.recovered).toBe(0);
    expect(silent!.nodes.sameNode.slowestMs!).toBeLessThan(silent!.nodes.crossNode.slowestMs!);
    expect(silent!.nodes.crossNode.slowestMs).toBeGreaterThan(1000);
    // Those who publish and those who listen reach Redis again at about the same time: who is first decides what is lost.
    const { crossNode, sameNode } = away!.nodes;
    const gone = crossNode.lost + crossNode.missed;
    expect(gone > 0 || crossNode.slowestMs! > sameNode.slowestMs!).toBe(true);
    expect(sameNode).toMatchObject({ missed: 0, lost: 0 });
    expect(record.findings.some(({ id }) => id === 'bus-loses')).toBe(gone > 0);
  });
});

test.concurrent('where a program is missing, the package is named, and nothing is run', async ({ expect }) => {
  const out = join(temporaryFolder(), 'run');
  const args = ['load', 'broadcast', '--nodes', '2', '--no-live', '--out', out];
  const running = new Running(args, out, { PATH: '/nowhere' });
  expect(await running.ended).toBe(2);
  expect(running.output).toContain(
    'needs redis-server, which is not installed. Install it (on Debian: apt-get install redis-server)',
  );
  expect(existsSync(out)).toBe(false);
});

test.concurrent.for([
  [['rollout', '--nodes', '1'], 'needs a server of at least two nodes'],
  [['broadcast', '--redis', 'redis://127.0.0.1:1'], 'add --nodes 3'],
  [['rollout', '--nodes', '2', '--adapter', 'cluster'], 'redis-restarted of rollout needs a Redis'],
  [
    ['broadcast', '--nodes', '2', '--redis', 'http://user:secret@x.invalid'],
    'Expected --redis to be an address such as',
  ],
  [['broadcast', '--nodes', '2', '--target', 'http://127.0.0.1:1'], '--nodes acts on the embedded server'],
  [['broadcast', '--drain', '2s'], 'a fault that restarts nodes'],
] as const)('%j is refused', async ([args, words], { expect }) => {
  const running = new Running(['load', ...args, '--dry-run'], temporaryFolder());
  expect(await running.ended).toBe(2);
  expect(running.output).toContain(words);
  expect(running.output).not.toContain('secret');
});
