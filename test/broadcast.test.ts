import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Server } from 'socket.io';
import { afterAll, describe, expect, test } from 'vitest';
import { exitCode } from '../measure/judge/exit-codes.ts';
import { createChatServer } from '../server/chat-server.ts';
import {
  accountedIn,
  cleanUp,
  everythingIn,
  faultsIn,
  isAlive,
  load,
  root,
  shortScenario,
  temporaryFolder,
  valueIn,
} from './support/chatstorm.ts';

afterAll(cleanUp);

/** The plainest chat there is, on a free port; `receive` decides what becomes of a message. */
async function plainChat(receive: (io: Server, text: string) => void) {
  const http = createServer();
  const io = new Server(http);
  io.on('connection', (socket) => {
    socket.on('chat message', (text) => receive(io, text));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => io.close() };
}

describe.concurrent('a run', () => {
  test('against the embedded chat accounts for every delivery and leaves its folder behind', async () => {
    const run = load('--seed', 'a');
    const pids = await run.pids();
    const code = await run.ended;
    const record = run.record();
    expect(code, run.output).toBe(exitCode(record.verdict, null));
    expect(record).toMatchObject({ state: 'complete', seed: 'a', notes: [] });
    expect(record.verdict.thresholds).toMatchObject([{ text: 'delivery.lost == 0', outcome: 'pass' }]);
    expect(faultsIn(record)).toEqual([]);
    expect(valueIn(record, 'messages.sent')).toBe(record.load.offered);
    expect(valueIn(record, 'delivery.expected')).toBe(record.load.offered * 3);
    expect(valueIn(record, 'delivery.delivered')).toBe(accountedIn(record));
    expect(accountedIn(record)).toBe(valueIn(record, 'delivery.expected'));
    expect(valueIn(record, 'connections.established{by=crowd}')).toBe(10);
    expect(valueIn(record, 'delivery.delivered{by=crowd}')).toBeGreaterThan(0);
    expect(record.floor?.messages).toBeGreaterThan(600);
    expect(record.floor?.p99).toBeGreaterThan(0);
    expect(Object.keys(record.intervals)).toEqual(['broadcast.latency.p50', 'broadcast.latency.p99', 'delivery.ratio']);
    expect(run.output).toContain('against a null target');
    expect(existsSync(join(run.folder, 'report.html'))).toBe(true);
    for (const pid of Object.values(pids)) expect(isAlive(pid)).toBe(false);

    const schema = JSON.parse(readFileSync(join(root, 'measure/run-record/run-record.schema.json'), 'utf8'));
    const validate = new Ajv2020({ strict: false }).compile(schema);
    validate(record);
    expect(validate.errors).toBeNull();
  });

  test('against a plain server with no further option accounts for every delivery', async () => {
    const chat = await plainChat((io, text) => io.emit('chat message', text));
    const run = load('--target', chat.url);
    await run.ended;
    chat.close();
    const record = run.record();
    expect(record.target).toMatchObject({ kind: 'external', dialect: 'plain', hasRooms: false });
    expect(valueIn(record, 'delivery.expected')).toBe(record.load.offered * 6);
    expect(valueIn(record, 'delivery.delivered')).toBe(record.load.offered * 6);
    expect(valueIn(record, 'messages.info')).toBe(0);
  });

  test('reports what a server silently discards as lost, to the last pair', async () => {
    let probeMessages = 0;
    let discarded = 0;
    const chat = await plainChat((io, text) => {
      const isMeasured = text.includes('0cs.p.');
      if (isMeasured && ++probeMessages % 25 === 0) discarded++;
      else io.emit('chat message', text);
    });
    const run = load('--target', chat.url, '--no-crowd');
    await run.ended;
    chat.close();
    const record = run.record();
    const inWarmUp = record.timeline.counters['delivery.lost']!.slice(0, record.phases.warmup).reduce<number>(
      (a, b) => a + b!,
      0,
    );
    expect(discarded).toBeGreaterThan(3);
    expect(valueIn(record, 'delivery.lost') + inWarmUp).toBe(discarded * 6);
    expect(valueIn(record, 'delivery.unknown')).toBe(0);
    expect(accountedIn(record)).toBe(valueIn(record, 'delivery.expected'));
    expect(record.verdict.thresholds).toMatchObject([{ outcome: 'fail' }]);
  });

  test('keeps user info, query and auth of the target to itself', async () => {
    const chat = await createChatServer({ port: 0, messagesPerSecond: 0 });
    const dialect = join(temporaryFolder(), 'own.yml');
    writeFileSync(
      dialect,
      `auth: { token: hush-auth }
join: { emit: join, args: [{ room: '{room}', name: '{name}' }], confirm: ack }
send: { emit: message, args: [{ room: '{room}', text: '{text}' }], ack: true }
hear: { event: message, text: 0.text }
`,
    );
    const address = chat.url.replace('//', '//hush-user:hush-word@');
    const run = load('--target', `${address}/?key=hush-query`, '--dialect', dialect);
    await run.ended;
    await chat.close();
    expect(valueIn(run.record(), 'delivery.delivered{by=crowd}')).toBeGreaterThan(0);
    expect(valueIn(run.record(), 'delivery.delivered')).toBeGreaterThan(0);
    expect(everythingIn(run.folder) + run.output).not.toContain('hush');
  });

  test('of the crowd works by plain artillery run, and shows its counters', async () => {
    const chat = await createChatServer({ port: 0, messagesPerSecond: 0 });
    const artillery = join(root, 'node_modules', '.bin', 'artillery');
    const env = { ...process.env, ARTILLERY_DISABLE_TELEMETRY: 'true' };
    const { stdout } = await promisify(execFile)(artillery, ['run', '--target', chat.url, shortScenario], { env });
    await chat.close();
    expect(stdout).toMatch(/chatstorm\.delivery\.delivered\{by=crowd\}: \.+ \d+/);
    expect(stdout).toMatch(/vusers\.completed: \.+ 10/);
    expect(stdout).not.toContain('errors.');
  });
});
