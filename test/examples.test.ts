/** Every example is measured in every shipped scenario by its dialect alone, and its own counts are held against ours. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { quietPort } from '../base/quiet-port.ts';
import { numberOf } from '../measure/run-record/read-metrics.ts';
import type { RunRecord } from '../measure/run-record/run-record.ts';
import { accountedIn, cleanUp, faultsIn, Running, root, temporaryFolder, valueIn } from './support/chatstorm.ts';
import type { Counts } from './support/count-packets.ts';

/** Runs mostly wait: as many as this share two cores. */
vi.setConfig({ maxConcurrency: 6 });

const servers: ChildProcess[] = [];
afterAll(async () => {
  for (const server of servers) server.kill('SIGKILL');
  await cleanUp();
});

/** An example's server on a free port; what it counted of the measured seconds is told when it is asked. */
async function startExample(name: string, env: Record<string, string> = {}) {
  const port = await quietPort();
  const server = spawn(process.execPath, ['--import', preload, join(root, 'examples', name, 'server.ts')], {
    env: { ...process.env, ...env, PORT: String(port) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  servers.push(server);
  const [ready] = await once(server, 'message');
  expect(ready).toBe('ready');
  const counts = async (): Promise<Counts> => {
    const told = once(server, 'message');
    server.send('tell');
    return (await told)[0];
  };
  return { server, port, counts };
}

const preload = join(root, 'test', 'support', 'count-packets.ts');

const crowd = {
  config: {
    processor: 'none',
    engines: { 'socketio-v3': { transports: ['websocket'] } },
    phases: [{ duration: 1, arrivalCount: 6 }],
  },
  scenarios: [
    {
      engine: 'socketio-v3',
      flow: [
        { connect: {} },
        { function: 'enter' },
        { loop: [{ function: 'say' }, { think: 1 }], whileTrue: 'untilEnd' },
      ],
    },
  ],
};
const probes = { rooms: 2, talkers: 4, rate: '10/s', listeners: 8, warmup: '2s', drain: '1s' };
const orders = ['polling-first', 'polling-only'];
const scenarios = {
  broadcast: { ...crowd, chatstorm: { probes: { ...probes, measure: '2s' } } },
  fallback: {
    ...crowd,
    config: { ...crowd.config, phases: [{ duration: 1, arrivalCount: 0 }] },
    chatstorm: {
      matrix: {
        clients: 3,
        orders,
        networks: [{ name: 'upgrade-refused', faults: [{ kind: 'upgrade-refused' }], rate: '20/s' }],
        timeout: '3s',
        rate: '10/s',
        arrive: '500ms',
        wave: '4s',
        warmup: '1s',
      },
    },
  },
  reconnect: {
    ...crowd,
    chatstorm: { probes, faults: [{ name: 'reset', links: [{ kind: 'reset' }], rest: '4s' }] },
  },
};
const thresholds: Record<keyof typeof scenarios, string[]> = {
  broadcast: ['delivery.lost == 0', 'delivery.missed == 0', 'broadcast.latency.max < 2s'],
  fallback: orders.map((order) => `fallback.connected{order=${order}} == 1`),
  reconnect: ['reconnect.back{fault=reset} == 1', 'delivery.lost == 0'],
};

/** Runs a scenario against a target, as somebody does who knows nothing but the dialect. */
function measure(
  scenario: keyof typeof scenarios,
  target: string,
  dialect: string,
  args: readonly string[] = [],
): Running {
  const folder = temporaryFolder();
  const { chatstorm, ...half } = scenarios[scenario];
  const about = { about: `An example: ${scenario}`, dialect: 'plain', lag: '150ms', thresholds: thresholds[scenario] };
  const file = join(folder, `${scenario}.yml`);
  writeFileSync(file, stringify({ ...half, chatstorm: { ...about, ...chatstorm } }));
  const out = join(folder, 'run');
  return new Running(['load', file, '--target', target, '--dialect', dialect, '--out', out, '--no-live', ...args], out);
}

interface Example {
  readonly name: string;
  readonly protocol?: string;
  /** How many copies of a message the server sends, where it is not known from the ledger. */
  readonly mode?: 'chat' | 'listening' | 'asking';
}

const examples: readonly Example[] = [
  { name: 'minimal-chat' },
  { name: 'jwt-namespace' },
  { name: 'private-messages' },
  { name: 'session-cookies' },
  { name: 'ticker', mode: 'listening' },
  { name: 'request-response', mode: 'asking' },
  { name: 'msgpack' },
  { name: 'https', protocol: 'https' },
];

describe.concurrent('every example is measured in broadcast, fallback and reconnect, and its counts are ours', () => {
  test.each(examples)('$name', { timeout: 180_000 }, async ({ name, protocol = 'http', mode = 'chat' }) => {
    const { server, port, counts } = await startExample(name);
    const target = `${protocol}://127.0.0.1:${port}`;
    const dialect = join(root, 'examples', name, 'dialect.yml');
    for (const scenario of Object.keys(scenarios) as (keyof typeof scenarios)[]) {
      const before = await counts();
      const run = measure(scenario, target, dialect, scenario === 'broadcast' ? [] : ['--no-crowd']);
      await run.ended;
      const record = run.record();
      expect(record.verdict.outcome, run.output).toBe('pass');
      expect(faultsIn(record)).toEqual([]);
      expect(record.target.mode).toBe(mode);
      expect(valueIn(record, 'delivery.expected')).toBeGreaterThan(0);
      expect(accountedIn(record)).toBe(valueIn(record, 'delivery.expected'));
      const after = await counts();
      if (mode !== 'listening' && scenario === 'broadcast') holdAgainst(record, before, after, mode);
      if (scenario === 'broadcast') expect(valueIn(record, 'users.present')).toBe(6);
    }
    server.kill();
    await once(server, 'exit');
  });
});

test.concurrent('a dialect in TypeScript is spoken by probes and crowd alike', { timeout: 180_000 }, async () => {
  const { port, counts } = await startExample('minimal-chat');
  const dialect = join(temporaryFolder(), 'chat.ts');
  const code = `export const dialect = {
    send: { emit: 'chat message', args: ({ text }: { text: string }) => [{ wrapped: [text] }] },
    hear: { event: 'chat message', text: (message: { wrapped: string[] }) => message.wrapped[0] },
  };
`;
  writeFileSync(dialect, code);
  const before = await counts();
  const run = measure('broadcast', `http://127.0.0.1:${port}`, dialect);
  await run.ended;
  const record = run.record();
  expect(record.verdict.outcome, run.output).toBe('pass');
  holdAgainst(record, before, await counts(), 'chat');
  expect(valueIn(record, 'delivery.delivered{by=crowd}')).toBeGreaterThan(0);
});

test.concurrent('the persona of its own rides its lift, and the server recovers what was said meanwhile', {
  timeout: 180_000,
}, async () => {
  const { port } = await startExample('own-persona');
  const folder = join(root, 'examples', 'own-persona');
  const out = join(temporaryFolder(), 'run');
  const args = ['--target', `http://127.0.0.1:${port}`, '--dialect', join(folder, 'dialect.yml'), '--no-live'];
  const scenario = join(temporaryFolder(), 'riders.yml');
  const personas = { each: 2, who: ['mobile'], for: '26s' };
  const faults = [{ name: 'close', links: [{ kind: 'close' }], rest: '3s' }];
  const about = {
    about: 'Riders',
    dialect: 'plain',
    lag: '150ms',
    thresholds: ['reconnect.back{fault=lift-rider} == 1'],
  };
  writeFileSync(scenario, stringify({ ...crowd, chatstorm: { ...about, probes, faults, personas } }));
  const persona = ['--persona', join(folder, 'lift-rider.ts'), '--no-crowd', '--out', out];
  const run = new Running(['load', scenario, ...args, ...persona], out);
  await run.ended;
  const record = run.record();
  expect(record.verdict.outcome, run.output).toBe('pass');
  // Two riders, two rides.
  const ridden = record.outages.find(({ fault }) => fault === 'lift-rider');
  expect(ridden).toMatchObject({ clients: 4, disconnected: 4 });
  expect(valueIn(record, 'delivery.lost')).toBe(0);
});

test.concurrent('the workflow runs commands that there are, on files that there are', async () => {
  const folder = join(root, 'examples', 'github-actions');
  const workflow = parse(readFileSync(join(folder, 'chat.yml'), 'utf8'));
  const steps: { run?: string }[] = workflow.jobs.load.steps;
  const command = steps.flatMap(({ run }) => run ?? []).find((run) => run.includes('chatstorm load'))!;
  const words = command.replaceAll('\\\n', ' ').trim().split(/\s+/).slice(2);
  expect(words.slice(0, 2)).toEqual(['load', '--quick']);
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(['dialect.yml', 'server.ts']));
  const { port } = await startExample('github-actions');
  const replaced: Record<string, string> = {
    'http://127.0.0.1:3000': `http://127.0.0.1:${port}`,
    'dialect.yml': join(folder, 'dialect.yml'),
  };
  const run = new Running([...words.map((word) => replaced[word] ?? word), '--dry-run'], folder);
  expect(await run.ended, run.output).toBe(0);
  expect(run.output).toContain('broadcast:');
});

/** Whole runs count from the first message; the record, of the measured interval alone. */
function holdAgainst(record: RunRecord, before: Counts, after: Counts, mode: Example['mode']): void {
  const { warmup, measure } = record.phases;
  const within = (counts: Counts, what: keyof Counts) =>
    counts[what].filter((dueMs) => dueMs >= warmup * 1000 && dueMs < (warmup + measure) * 1000).length;
  expect(within(after, 'received') - within(before, 'received')).toBe(valueIn(record, 'messages.sent'));
  if (mode !== 'chat') return;
  const sent = within(after, 'sentToProbes') - within(before, 'sentToProbes');
  // On a busy machine some come late: what arrives before they have joined is told apart, and was sent all the same.
  const arrivals = ['delivered', 'recovered', 'boundary', 'misrouted', 'duplicate', 'phantom'];
  const arrived = arrivals.reduce((sum, what) => sum + numberOf(record, `delivery.${what}`), 0);
  // The server goes on writing to a connection that failed until it misses its heartbeat.
  const failed = ['connections.failed', 'disconnects'].some((name) => numberOf(record, name) > 0);
  if (failed) expect(sent).toBeGreaterThanOrEqual(arrived);
  else expect(sent).toBe(arrived);
}
