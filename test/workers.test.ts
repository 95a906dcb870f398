/** A load that is split over workers: real processes on a real Redis. */

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Server } from 'socket.io';
import { afterAll, describe, test, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { createProxy, type FaultProxy } from '../faults/proxy/fault-proxy.ts';
import { parseLine } from '../measure/metrics/lines.ts';
import type { RunRecord } from '../measure/run-record/run-record.ts';
import { accountedIn, cleanUp, Running, root, temporaryFolder, until, valueIn } from './support/chatstorm.ts';
import { hasRedis, ifRedis, type RunningRedis, startRedis } from './support/redis.ts';
import { putOrder } from './support/shard-order.ts';

/** Each run has a dozen processes. */
vi.setConfig({ maxConcurrency: 2 });

const LIMIT_MS = 120_000;
const secret = { CHATSTORM_SECRET: 'between us' };
const endings: (() => unknown)[] = [];
afterAll(async () => {
  cleanUp();
  for (const end of endings.reverse()) await end();
});

const short = parse(readFileSync(join(root, 'test', 'scenarios', 'short.yml'), 'utf8'));

/** The short scenario with as many rooms and talkers as are wanted, measured for some seconds. */
function scenarioFile(rooms: number, measure = '5s', change: object = {}): string {
  const file = join(temporaryFolder(), 'split.yml');
  const probes = { ...short.chatstorm.probes, rooms, talkers: rooms, listeners: 2 * rooms, measure };
  const phases = [{ duration: 1, arrivalCount: 2 * rooms }];
  writeFileSync(
    file,
    stringify({
      ...short,
      config: { ...short.config, phases },
      chatstorm: { ...short.chatstorm, probes, lag: '150ms', ...change },
    }),
  );
  return file;
}

class Workers {
  readonly all: Running[];

  /** `within` is the command that a worker is run by, by its number. */
  constructor(
    redis: string,
    count: number,
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = secret,
    within: (n: number) => readonly string[] = () => [],
  ) {
    this.all = Array.from({ length: count }, (_, i) => {
      const words = ['worker', '--redis', redis, '--name', `worker-${i + 1}`, ...args];
      return new Running(words, '', { ...env, TMPDIR: temporaryFolder() }, root, within(i));
    });
  }

  async ready(): Promise<void> {
    await until(() => this.all.every(({ output }) => output.includes('waits for work')));
  }

  /** Ends them in order; how they ended. */
  async end() {
    for (const { process } of this.all) process.kill('SIGTERM');
    return Promise.all(this.all.map(({ ended }) => ended));
  }
}

async function redisFor(): Promise<RunningRedis> {
  const redis = await startRedis();
  endings.push(redis.end);
  return redis;
}

function load(file: string, redis: string, args: readonly string[] = []): Running {
  const out = join(temporaryFolder(), 'run');
  return new Running(['load', file, '--workers', '--redis', redis, '--no-live', '--out', out, ...args], out, secret);
}

/** Resolves once a shard's probes have sent in a second of the run, as far as the conductor has heard. */
async function measured(run: Running, shard: number, at: number): Promise<void> {
  const file = join(run.folder, `probes-${shard}-0.ndjson`);
  for (const end = Date.now() + LIMIT_MS; Date.now() < end; await pause(20))
    if (existsSync(file) && readFileSync(file, 'utf8').includes(`{"at":${at},`)) return;
  throw new Error(`Expected shard ${shard} to come to second ${at}: ${run.output}`);
}

/** A chat of the plainest kind that outlives conductors. */
async function plainChat(): Promise<string> {
  const http = createServer();
  const io = new Server(http);
  io.on('connection', (socket) => socket.on('chat message', (text) => io.emit('chat message', text)));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  endings.push(() => io.close());
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

/** What is wrong with a run, but for gates that this machine may breach while several runs share it. */
function wrongWith({ verdict: { breaches, thresholds } }: RunRecord) {
  return [
    ...breaches.filter(({ gate }) => gate !== 'shard' && gate !== 'starved'),
    ...thresholds.filter(({ outcome }) => outcome !== 'pass'),
  ];
}

/** Sums of a counter over the files of a role in a folder. */
function countedIn(folder: string, role: string, name: string, from: number, to: number): number {
  const files = readdirSync(folder).filter((file) => file.startsWith(`${role}-`) && file.endsWith('.ndjson'));
  let sum = 0;
  for (const text of files.flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'))) {
    const line = text === '' ? undefined : parseLine(text);
    if (!line || !('counters' in line) || line.at < from || line.at >= to) continue;
    for (const [key, n] of Object.entries(line.counters))
      if (key.split('{')[0] === name && !key.includes('by=crowd')) sum += n;
  }
  return sum;
}

describe.skipIf(!hasRedis).concurrent(`workers${ifRedis}`, () => {
  test('make four shards of a load, started together; the sums are those of their files', {
    timeout: LIMIT_MS,
  }, async ({ expect }) => {
    const redis = await redisFor();
    const workers = new Workers(redis.url, 4);
    await workers.ready();
    const run = load(scenarioFile(8), redis.url, ['--shards', '4']);
    await run.ended;
    const record = run.record();
    expect(wrongWith(record), run.output).toEqual([]);
    expect(record.load.shards?.map(({ firstProbe, probes }) => [firstProbe, probes])).toEqual([
      [0, 6],
      [6, 6],
      [12, 6],
      [18, 6],
    ]);
    expect(record.shards.map(({ worker }) => worker).toSorted()).toEqual([
      'worker-1',
      'worker-2',
      'worker-3',
      'worker-4',
    ]);
    for (const { clockBoundMs, startLateMs, delivered } of record.shards) {
      expect(clockBoundMs).toBeGreaterThan(0);
      expect(startLateMs).toBeGreaterThanOrEqual(0);
      expect(delivered).toBeGreaterThan(0);
    }
    const { warmup, measure } = record.phases;
    for (const name of ['delivery.expected', 'delivery.delivered', 'messages.sent'])
      expect(valueIn(record, name)).toBe(countedIn(run.folder, 'probes', name, warmup, warmup + measure));
    expect(accountedIn(record)).toBe(valueIn(record, 'delivery.expected'));
    expect(valueIn(record, 'users.present')).toBe(16);
    expect(record.recipients.map(({ bot }) => bot)).toEqual(Array.from({ length: 24 }, (_, bot) => bot));
    expect(new Set(record.recipients.map(({ room }) => room)).size).toBe(8);
    expect(await workers.end()).toEqual([0, 0, 0, 0]);
    for (const one of workers.all) expect(one.output).toContain('is over: ');
  });

  test('a worker that is killed makes the run invalid, and is named', { timeout: LIMIT_MS }, async ({ expect }) => {
    const redis = await redisFor();
    const workers = new Workers(redis.url, 2);
    await workers.ready();
    const run = load(scenarioFile(2, '30s'), redis.url);
    await measured(run, 1, 2);
    const [victim] = workers.all;
    victim!.process.kill('SIGKILL');
    expect(await run.ended, run.output).toBe(3);
    const record = run.record();
    expect(record.state).toBe('partial');
    expect(run.output).toMatch(
      /Invalid: a worker was lost \(no answer within \d+ s\): shard [12] of 2, on worker worker-1/,
    );
    expect(accountedIn(record)).toBe(valueIn(record, 'delivery.expected'));
    await workers.end();
  });

  test('cut off from Redis for five seconds, frozen for two, and a Redis that is restarted without its data: nothing is lost', {
    timeout: LIMIT_MS,
  }, async ({ expect }) => {
    const redis = await redisFor();
    const { port } = new URL(redis.url);
    const proxy: FaultProxy = await createProxy({
      target: { host: '127.0.0.1', port: Number(port) },
      seed: 1,
      now: () => performance.now(),
      onEvent: () => {},
    });
    endings.push(() => proxy.close());
    const [near, far] = [new Workers(redis.url, 1), new Workers(`redis://127.0.0.1:${proxy.port}`, 1)];
    await Promise.all([near.ready(), far.ready()]);
    const run = load(scenarioFile(2, '14s'), redis.url);
    await measured(run, 1, 2);
    const silence = proxy.set({ kind: 'blackhole' });
    const [frozen] = near.all;
    frozen!.process.kill('SIGSTOP');
    await pause(2000);
    frozen!.process.kill('SIGCONT');
    await pause(3000);
    silence.off();
    await redis.restart();
    await run.ended;
    const record = run.record();
    expect(wrongWith(record), run.output).toEqual([]);
    expect(record.state).toBe('complete');
    expect(valueIn(record, 'messages.scheduled')).toBe(record.load.offered);
    expect(accountedIn(record)).toBe(valueIn(record, 'delivery.expected'));
    await Promise.all([near.end(), far.end()]);
  });

  test('a conductor that is killed loses nothing: what its workers have is fetched later', {
    timeout: LIMIT_MS,
  }, async ({ expect }) => {
    const redis = await redisFor();
    const workers = new Workers(redis.url, 2);
    await workers.ready();
    const target = ['--target', await plainChat(), '--shards', '2'];
    const run = load(
      scenarioFile(2, '6s', { dialect: 'plain', thresholds: ['delivery.lost == 0'] }),
      redis.url,
      target,
    );
    await measured(run, 1, 2);
    run.process.kill('SIGKILL');
    await run.ended;
    const collecting = new Running(['report', run.folder, '--collect', '--redis', redis.url], run.folder, secret);
    await collecting.ended;
    const record = collecting.record();
    expect(wrongWith(record), collecting.output).toEqual([]);
    expect(record.state).toBe('complete');
    expect(valueIn(record, 'messages.scheduled')).toBe(record.load.offered);
    // Both shards are in the one room of a chat without rooms.
    expect(valueIn(record, 'delivery.crossShard')).toBeGreaterThan(0);
    expect(await workers.end()).toEqual([0, 0]);
  });

  test('orders that are not sealed with the secret are not obeyed, targets that are not owned not loaded', {
    timeout: LIMIT_MS,
  }, async ({ expect }) => {
    const redis = await redisFor();
    const own = new Workers(redis.url, 1);
    await own.ready();
    const file = scenarioFile(2);
    const far = ['--target', 'http://far.invalid', '--i-own', 'far.invalid', '--dialect', 'plain', '--shards', '1'];
    const unreachable = load(file, redis.url, far);
    expect(await unreachable.ended).toBe(4);
    await putOrder(redis.url, 'between us', 'http://far.invalid');
    await until(() => own.all[0]!.output.includes('Refused shard 1 of 1'));
    expect(own.all[0]!.output).toContain('Expected the target to be this machine, got the host far.invalid');
    await putOrder(redis.url, 'somebody else', 'http://127.0.0.1:1');
    await until(() => own.all[0]!.output.includes('not sealed with the secret of this worker'));
    await own.end();
  });

  test.for([
    [['--workers'], 'Workers are found by Redis: add --redis URL'],
    [['--workers', '--redis', 'redis://127.0.0.1:1', '--secret', ''], 'add --secret'],
    [['--shards', '2'], '--shards is for workers'],
    [['--workers', '--redis', 'redis://127.0.0.1:1', '--shards', '9'], '9 shards need as many rooms and talkers'],
    [['--workers', '--redis', 'redis://:pass@127.0.0.1:1', '--shards', '2'], 'Cannot reach Redis at 127.0.0.1:1'],
  ] as const)('%j is refused', async ([args, words], { expect }) => {
    const run = new Running(
      ['load', scenarioFile(2), ...args],
      temporaryFolder(),
      (args as readonly string[]).includes('--secret') ? {} : secret,
    );
    expect(await run.ended).toBe(2);
    expect(run.output).toContain(words);
    expect(run.output).not.toContain('pass@');
  });

  test('without enough workers nothing is run', { timeout: LIMIT_MS }, async ({ expect }) => {
    const redis = await redisFor();
    const run = load(scenarioFile(2), redis.url, ['--shards', '2']);
    expect(await run.ended).toBe(2);
    expect(run.output).toContain(
      '2 shards need as many workers, and none is there. Start them: chatstorm worker --redis URL',
    );
  });
});

/** Two network namespaces on a bridge of their own, with this machine at its end; undefined where they cannot be made. */
function namespaces() {
  const id = process.pid.toString(36).slice(-4);
  const [bridge, net] = [`cs${id}b`, `10.${100 + (process.pid % 100)}.${Math.floor(process.pid / 100) % 250}`];
  const names = [`cs${id}1`, `cs${id}2`];
  const ip = (...args: string[]) => spawnSync('ip', args, { stdio: 'ignore', timeout: 5000 }).status === 0;
  const close = () => {
    for (const name of names) ip('netns', 'del', name);
    ip('link', 'del', bridge);
  };
  const isMade =
    ip('link', 'add', bridge, 'type', 'bridge') &&
    ip('addr', 'add', `${net}.1/24`, 'dev', bridge) &&
    ip('link', 'set', bridge, 'up') &&
    names.every((name, i) => {
      const [outer, inner] = [`${name}o`, `${name}i`];
      return (
        ip('netns', 'add', name) &&
        ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner) &&
        ip('link', 'set', outer, 'master', bridge, 'up') &&
        ip('link', 'set', inner, 'netns', name) &&
        ip('-n', name, 'addr', 'add', `${net}.${i + 2}/24`, 'dev', inner) &&
        ip('-n', name, 'link', 'set', inner, 'up') &&
        ip('-n', name, 'link', 'set', 'lo', 'up')
      );
    });
  if (isMade) return { names, host: `${net}.1`, close };
  close();
  return undefined;
}

const nets = hasRedis ? namespaces() : undefined;
if (nets) endings.push(nets.close);
const whereNets = nets ? '' : ' (skipped: network namespaces cannot be made here)';

test
  .skipIf(!nets)
  .concurrent(
    `workers in two network namespaces load one target${whereNets}`,
    { timeout: LIMIT_MS },
    async ({ expect }) => {
      const { names, host } = nets!;
      const addresses = new Set<string>();
      const http = createServer();
      const io = new Server(http);
      io.on('connection', (socket) => {
        addresses.add(socket.handshake.address.replace('::ffff:', ''));
        socket.on('chat message', (text) => io.emit('chat message', text));
      });
      await new Promise<void>((resolve) => http.listen(0, host, resolve));
      endings.push(() => io.close());
      const redis = await startRedis(host);
      endings.push(redis.end);
      const workers = new Workers(redis.url, 2, ['--i-own', host], secret, (n) => ['ip', 'netns', 'exec', names[n]!]);
      await workers.ready();
      const target = `http://${host}:${(http.address() as AddressInfo).port}`;
      // The target shares its process with tests: on a busy machine the last client is there after seconds.
      const file = scenarioFile(2, '10s', { dialect: 'plain', thresholds: ['delivery.lost == 0'] });
      const run = load(file, redis.url, ['--target', target, '--i-own', host, '--shards', '2', '--dialect', 'plain']);
      await run.ended;
      expect(wrongWith(run.record()), run.output).toEqual([]);
      expect([...addresses].filter((address) => address !== host).toSorted()).toEqual(
        [2, 3].map((n) => host.replace(/1$/, String(n))),
      );
      expect(run.record().shards).toHaveLength(2);
      await workers.end();
    },
  );
