import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Server } from 'socket.io';
import { afterAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { exitCode } from '../measure/judge/exit-codes.ts';
import type { RunRecord } from '../measure/run-record/run-record.ts';
import {
  accountedIn,
  cleanUp,
  faultsIn,
  isAlive,
  Running,
  root,
  temporaryFolder,
  valueIn,
} from './support/chatstorm.ts';

afterAll(cleanUp);

const file = join(root, 'test', 'scenarios', 'outages.yml');
const short = parse(readFileSync(file, 'utf8'));

/** The short scenario with some of it changed, as a file. */
function changed(change: object): string {
  const path = join(temporaryFolder(), 'outages.yml');
  writeFileSync(path, stringify({ ...short, chatstorm: { ...short.chatstorm, ...change } }));
  return path;
}

function load(scenario: string, ...args: string[]): Running {
  const folder = join(temporaryFolder(), 'run');
  return new Running(['load', scenario, '--out', folder, ...args], folder);
}

function outageOf({ outages }: RunRecord, fault: string) {
  const outage = outages.find((one) => one.fault === fault);
  if (!outage) throw new Error(`Expected the record to have the fault ${fault}.`);
  return outage;
}

function timesOf({ metrics }: RunRecord, key: string) {
  const metric = metrics[key];
  if (!metric || !('p50' in metric)) throw new Error(`Expected the record to have ${key}.`);
  return metric;
}

describe.concurrent('a run with outages', () => {
  test('measures each of them, brings everyone back, and leaves no process behind', { timeout: 120_000 }, async () => {
    const run = load(file);
    const pids = await run.pids();
    await run.ended;
    const record = run.record();
    expect(record.outages.map(({ fault }) => fault)).toEqual([
      'blackhole',
      'kill',
      'restart',
      'latency',
      'mobile',
      'laptop',
      'reloader',
    ]);
    expect(record.state, run.output).toBe('complete');
    for (const fault of ['blackhole', 'kill', 'restart']) {
      const { clients, disconnected, back, deaf, never, failed, ledger, presence } = outageOf(record, fault);
      expect({ fault, clients, disconnected, back, deaf, never, failed }).toEqual({
        fault,
        clients: 8,
        disconnected: 8,
        back: 8,
        deaf: 0,
        never: [],
        failed: [],
      });
      expect(presence?.rightAtEnd, fault).toBe(true);
      const { expected, delivered, recovered, missed, lost, unknown } = ledger!;
      expect(delivered + recovered + missed + lost + unknown).toBe(expected);
      expect(lost).toBe(0);
    }
    // A silent link is noticed after pingTimeout, a second, at the earliest.
    const detect = timesOf(record, 'reconnect.detect{fault=blackhole}');
    expect(detect.count).toBe(8);
    expect(detect.min).toBeGreaterThan(950);
    expect(outageOf(record, 'blackhole').pingTimeouts).toBe(8);
    expect(outageOf(record, 'latency')).toMatchObject({ disconnected: 0, reconnects: 0, back: 8 });
    expect(valueIn(record, 'reconnect.back{fault=kill}')).toBe(1);
    expect(outageOf(record, 'mobile')).toMatchObject({ recovered: 0, reconnects: 2 });
    // Who sleeps for ten seconds notices on waking, and comes back after the client's usual delay.
    expect(outageOf(record, 'laptop')).toMatchObject({ reconnects: 2, recovered: 0, pingTimeouts: 2, back: 2 });
    expect(timesOf(record, 'reconnect.detect{fault=laptop}').min).toBeGreaterThan(9900);
    expect(timesOf(record, 'reconnect.time{fault=laptop}').min).toBeGreaterThan(450);
    expect(outageOf(record, 'reloader').reconnects).toBeGreaterThanOrEqual(4);
    expect(accountedIn(record)).toBe(valueIn(record, 'delivery.expected'));
    // No user of the crowd was lost to the kill.
    expect(valueIn(record, 'users.present')).toBe(5);
    expect(valueIn(record, 'connections.established{by=crowd}')).toBeGreaterThanOrEqual(5 * 4);
    expect(run.output).toContain('blackhole');
    const server = JSON.parse(readFileSync(join(run.folder, 'processes.json'), 'utf8'));
    for (const { role, pid } of [...server, ...Object.entries(pids).map(([role, pid]) => ({ role, pid }))])
      expect(isAlive(pid), role).toBe(false);
  });

  test('with state recovery, a phone that changes networks is not recovered, as its server still believes in the old link', {
    timeout: 90_000,
  }, async () => {
    const faults = [{ name: 'reset', links: [{ kind: 'reset' }], rest: '3s' }];
    const scenario = changed({
      server: { ...short.chatstorm.server, pingInterval: '5s', pingTimeout: '5s', stateRecovery: true },
      faults,
      personas: { each: 2, who: ['mobile'], for: '5s' },
      thresholds: [],
    });
    const run = load(scenario, '--no-crowd');
    await run.ended;
    const record = run.record();
    expect(outageOf(record, 'reset')).toMatchObject({ reconnects: 8, recovered: 8, back: 8 });
    expect(outageOf(record, 'mobile')).toMatchObject({ reconnects: 2, recovered: 0, back: 2 });
  });

  test('a target that forgets the rooms of those who come back leaves them deaf, and that is told by number', async () => {
    const http = createServer();
    const io = new Server(http);
    const known = new Set<string>();
    io.on('connection', (socket) => {
      socket.on('join', ({ room, name }, ack) => {
        if (!known.has(name)) socket.join(room);
        known.add(name);
        ack({ ok: true });
      });
      socket.on('message', ({ room, text }, ack) => {
        io.to(room).emit('message', { text });
        ack({ ok: true });
      });
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const { port } = http.address() as AddressInfo;
    const scenario = changed({
      faults: [
        { name: 'reset', links: [{ kind: 'reset', probability: 0.6 }], rest: '4s' },
        { name: 'kill', server: 'kill', for: '1s', rest: '3s' },
      ],
      personas: undefined,
      thresholds: ['reconnect.deaf{fault=reset} == 0', 'reconnect.back{fault=kill} == 1'],
    });
    const run = load(scenario, '--no-crowd', '--target', `http://127.0.0.1:${port}`, '--dialect', 'rooms');
    const code = await run.ended;
    await io.close();
    const record = run.record();
    expect(code, run.output).toBe(exitCode(record.verdict, null));
    const { disconnected, deaf } = outageOf(record, 'reset');
    expect(disconnected).toBeGreaterThan(0);
    expect(deaf).toBe(disconnected);
    // The server of a target is not ours to kill.
    expect(record.outages).toHaveLength(1);
    expect(record.verdict.thresholds).toMatchObject([{ text: 'reconnect.deaf{fault=reset} == 0', outcome: 'fail' }]);
  });

  test('a persona of your own is a file; where it fails, the run is invalid and says where', {
    timeout: 60_000,
  }, async () => {
    const folder = temporaryFolder();
    const persona = join(folder, 'lift-rider.ts');
    // What a rehearsal cannot know: only a bot of the run has such a number.
    writeFileSync(
      persona,
      `export const persona = {
        offline: 'hold',
        async live(bot, world) {
          const lift = await world.happen([{ kind: 'reset' }]);
          await world.pause(100);
          lift.over();
          if (bot.number % 2 === 1) await world.happen([{ kind: 'rest' }]);
        },
      };`,
    );
    const scenario = changed({
      faults: [{ name: 'reset', links: [{ kind: 'reset' }], rest: '3s' }],
      personas: { each: 2, who: ['mobile'], for: '4s' },
      thresholds: ['reconnect.back{fault=lift-rider} == 1'],
    });
    const run = load(scenario, '--no-crowd', '--persona', persona);
    expect(await run.ended, run.output).toBe(3);
    const record = run.record();
    const reason = expect.stringMatching(
      /^persona lift-rider: Expected a fault's `kind` to be one of bandwidth.*\(lift-rider\.ts:7\)$/,
    );
    expect(outageOf(record, 'lift-rider')).toMatchObject({
      disconnected: 2,
      back: 2,
      reconnects: 2,
      failed: [{ reason, clients: 1 }],
    });
    expect(faultsIn(record)).toEqual([
      { gate: 'persona', persona: 'lift-rider', clients: 1, of: 2, reasons: [reason] },
    ]);
    expect(record.verdict.thresholds).toMatchObject([{ outcome: 'unknown' }]);
    expect(run.output).toMatch(/Invalid: the persona lift-rider failed for 1 of 2 clients \(.*lift-rider\.ts:7/s);
    writeFileSync(persona, "export const persona = { live: (bot, world) => world.happen([{ kind: 'rest' }]) };");
    const refused = load(scenario, '--persona', persona);
    expect(await refused.ended).toBe(2);
    expect(refused.output).toMatch(/Expected a fault's `kind` to be one of .* \(lift-rider\.ts:1\)$/m);
  });
});
