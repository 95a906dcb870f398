/** What drives the crowd: the same scenarios by either engine, and a crowd whose size changes. */

import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Server } from 'socket.io';
import { afterAll, describe, test } from 'vitest';
import { hostNow } from '../bots/clock.ts';
import { artilleryProcess } from '../load/conduct/artillery-process.ts';
import { Processes } from '../load/conduct/processes.ts';
import { writeStart } from '../load/folder/run-folder.ts';
import type { RunRecord } from '../measure/run-record/run-record.ts';
import { parseScenario } from '../scenarios/scenario.ts';
import { readScenario } from '../scenarios/scenario-files.ts';
import { cleanUp, Running, shortScenario, temporaryFolder } from './support/chatstorm.ts';

const engines = ['socketio-v3', 'chatstorm'] as const;
const LIMIT_MS = 60_000;

/** Every link is reset while a crowd is there. */
const resets = `
config:
  phases: [{ duration: 1, arrivalCount: 5 }]
  engines: { socketio-v3: { transports: [websocket] } }
scenarios:
  - engine: socketio-v3
    flow:
      - connect: {}
      - function: enter
      - loop: [{ function: say }, { think: 0.5 }]
        whileTrue: untilEnd
chatstorm:
  about: An outage, in short
  dialect: rooms
  probes: { rooms: 1, talkers: 1, rate: 10/s, listeners: 2, warmup: 2s, drain: 1s }
  faults: [{ name: reset, links: [{ kind: reset }], rest: 6s }]
  thresholds: [delivery.lost == 0]
`;

afterAll(cleanUp);

async function runBy(engine: string, scenario: string): Promise<RunRecord> {
  const folder = join(temporaryFolder(), engine);
  const run = new Running(
    ['load', scenario, '--engine', engine, '--seed', 'both', '--no-live', '--out', folder],
    folder,
  );
  await run.ended;
  return run.record();
}

function figureOf({ metrics }: RunRecord, key: string): number {
  const metric = metrics[key];
  return metric && 'value' in metric ? metric.value : 0;
}

describe.concurrent('with either engine', () => {
  test('a crowd joins, stays, sends and hears the same', { timeout: LIMIT_MS }, async ({ expect }) => {
    const records = await Promise.all(engines.map((engine) => runBy(engine, shortScenario)));
    for (const [i, record] of records.entries()) {
      const value = (key: string) => figureOf(record, key);
      expect(Object.keys(record.environment.versions)).toContain(`artillery-engine-${engines[i]}`);
      expect(record.load.engine).toEqual({ name: engines[i], chosenBy: 'option', limits: null });
      expect(record.verdict.thresholds).toMatchObject([{ text: 'delivery.lost == 0', outcome: 'pass' }]);
      expect([value('users.joined'), value('users.present')]).toEqual([10, 10]);
      // Five users in each of two rooms hear their own room's messages, the probes' and their own included.
      const own = value('messages.sent{by=crowd}');
      const heard = value('messages.sent') + own;
      expect(value('delivery.delivered{by=crowd}')).toBeGreaterThan(3 * own);
      expect(value('delivery.delivered{by=crowd}')).toBeLessThanOrEqual(5 * (heard + 2 * record.load.talkers));
      for (const key of [
        'delivery.gap{by=crowd,cause=live}',
        'delivery.duplicate{by=crowd}',
        'messages.foreign{by=crowd}',
      ])
        expect(value(key)).toBe(0);
    }
    // Ten users send twice a second, whichever engine has them think.
    const sent = records.map((record) => figureOf(record, 'messages.sent{by=crowd}'));
    for (const n of sent) expect(n).toBeGreaterThan(20);
    for (const n of sent) expect(n).toBeLessThan(110);
    // The probes' schedule is drawn from the seed, and all of it arrives.
    for (const key of ['messages.scheduled', 'delivery.expected', 'delivery.delivered'])
      expect(figureOf(records[1]!, key)).toBe(figureOf(records[0]!, key));
  });

  test('a crowd comes back from an outage', { timeout: LIMIT_MS }, async ({ expect }) => {
    const file = join(temporaryFolder(), 'resets.yml');
    writeFileSync(file, resets);
    const records = await Promise.all(engines.map((engine) => runBy(engine, file)));
    for (const record of records) {
      const value = (key: string) => figureOf(record, key);
      expect([value('users.joined'), value('users.present')]).toEqual([5, 5]);
      // Every connection ends once.
      expect(value('connections.established{by=crowd}')).toBe(2 * 5);
      expect(value('disconnects{by=crowd,reason=transport close}')).toBe(5);
      expect(value('delivery.duplicate{by=crowd}')).toBe(0);
      expect(record.metrics['connect.time{by=crowd}']).toMatchObject({ count: 5 });
      expect(record.metrics['reconnect.time{by=crowd}']).toMatchObject({ count: 5 });
    }
  });
});

test('the conductor changes how many users there are while they are there', { timeout: LIMIT_MS }, async ({
  expect,
}) => {
  const folder = temporaryFolder();
  const http = createServer();
  const io = new Server(http);
  io.on('connection', (socket) => socket.on('join', (_room, ack) => ack({ ok: true })));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { text, file } = readScenario('broadcast');
  const scenario = parseScenario(text, file, {});
  const processes = new Processes(() => {});
  const order = {
    ...{ folder, shard: 0, runId: 'resized', seed: 's', rooms: ['storm-1'], untilMs: LIMIT_MS, firstUser: 0 },
    ...{ roomSize: null, rate: null },
    endpoint: { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` },
    speech: { dialect: scenario.dialect, module: null, secrets: [] },
  };
  try {
    const crowd = await processes.startWriting(artilleryProcess(scenario, 4, 'chatstorm', order));
    writeStart(folder, hostNow());
    const connected = () => io.engine.clientsCount;
    await expect.poll(connected).toBeGreaterThan(0);
    crowd.send({ users: 30, overS: 0.2 });
    await expect.poll(connected).toBe(30);
    crowd.send({ users: 3, overS: 0 });
    await expect.poll(connected).toBe(3);
  } finally {
    await processes.close();
    await io.close();
  }
});
