import { writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Server, type Socket } from 'socket.io';
import { afterAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { cleanUp, faultsIn, load, Running, temporaryFolder, valueIn } from './support/chatstorm.ts';

const servers: Server[] = [];
afterAll(async () => {
  await Promise.all(servers.map((io) => io.close()));
  await cleanUp();
});

/** A chat in the plain dialect; `admit` says why a connection is turned away, if it is. */
async function plainChat(
  admit: (transport: string) => string | undefined,
  event = 'chat message',
  said = (text: unknown) => text,
): Promise<string> {
  const http: HttpServer = createServer();
  const io = new Server(http, { pingInterval: 25_000, pingTimeout: 20_000 });
  io.use((socket: Socket, next) => {
    const reason = admit(socket.conn.transport.name);
    next(reason === undefined ? undefined : new Error(reason));
  });
  io.on('connection', (socket) => socket.on(event, (text) => io.emit('chat message', said(text))));
  http.listen(0, '127.0.0.1');
  await new Promise((resolve) => http.once('listening', resolve));
  servers.push(io);
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

const everyone = () => undefined;

function outagesAt(target: string, faults: readonly object[], thresholds: readonly string[]): Running {
  const folder = temporaryFolder();
  const scenario = {
    config: { processor: 'none', engines: { 'socketio-v3': {} }, phases: [{ arrivalCount: 0 }] },
    scenarios: [{ engine: 'socketio-v3', flow: [{ connect: {} }] }],
    chatstorm: {
      about: 'Faults at a target',
      dialect: 'plain',
      probes: { rooms: 1, talkers: 2, rate: '10/s', arrivals: 'constant', listeners: 2, warmup: '2s', drain: '1s' },
      faults,
      lag: '100ms',
      thresholds,
    },
  };
  writeFileSync(join(folder, 'faults.yml'), stringify(scenario));
  const args = ['load', join(folder, 'faults.yml'), '--no-crowd', '--target', target, '--out', join(folder, 'run')];
  return new Running(args, join(folder, 'run'));
}

describe.concurrent('no run passes without substance', () => {
  test('a server that turns users away: how many took part, and why the others did not', async () => {
    // Probes begin with polling, the crowd of this scenario with WebSocket.
    let admitted = 0;
    const url = await plainChat((transport) =>
      transport === 'websocket' && ++admitted > 5 ? 'server full' : undefined,
    );
    const run = load('--target', url, '--users', '20');
    expect(await run.ended, run.output).toBe(3);
    const record = run.record();
    const breach = record.verdict.breaches.find(({ gate }) => gate === 'participation');
    expect(breach).toEqual({
      gate: 'participation',
      role: 'crowd',
      asked: 20,
      tookPart: 5,
      reasons: [{ reason: 'connect: server full', clients: 15 }],
    });
    expect(valueIn(record, 'users.present')).toBe(5);
    expect(valueIn(record, 'users.absent{reason=connect: server full}')).toBe(15);
    expect(run.output).toContain('Invalid: asked for 20 users, 5 took part (absent: 15 × connect: server full).');
  });

  test('a server that turns everyone of the crowd away: the crowd ends early, which is no crash', async () => {
    const url = await plainChat((transport) => (transport === 'websocket' ? 'server full' : undefined));
    const run = load('--target', url, '--users', '10');
    expect(await run.ended, run.output).toBe(3);
    const gates = run.record().verdict.breaches.map(({ gate }) => gate);
    expect(gates).not.toContain('death');
    expect(run.output).toContain('Invalid: asked for 10 users, 0 took part (absent: 10 × connect: server full)');
  });

  test('a server that hears another event than is sent: nothing was delivered', async () => {
    const url = await plainChat(everyone, 'message');
    const run = load('--target', url, '--no-crowd');
    expect(await run.ended, run.output).toBe(3);
    const undelivered = run.record().verdict.breaches.find(({ gate }) => gate === 'undelivered');
    expect(undelivered).toEqual({ gate: 'undelivered', rooms: [], expected: 720 });
  });

  test('a server that sends other texts than it was sent: nothing was delivered, and why', async () => {
    const url = await plainChat(everyone, 'chat message', () => 'hello');
    const run = load('--target', url, '--no-crowd');
    expect(await run.ended, run.output).toBe(3);
    expect(run.record().findings[0]?.evidence).toMatch(
      /^[\d,]+ messages arrived, but none held a text that was sent\.$/,
    );
  });

  test('a server that cuts texts: where it cuts them', async () => {
    const url = await plainChat(everyone, 'chat message', (text) => String(text).slice(0, 60));
    const run = load('--target', url, '--no-crowd');
    await run.ended;
    const finding = run.record().findings.find(({ id }) => id === 'texts-cut');
    expect(finding?.evidence).toMatch(
      /^The server cuts texts at 60 characters: the end of [\d,]+ deliveries is missing\.$/,
    );
  });

  test('a server with a single room, spoken to as if it had several: the cause is named', async () => {
    const http = createServer();
    const io = new Server(http);
    servers.push(io);
    io.on('connection', (socket) => {
      socket.on('enter', (_room, joined) => joined({ ok: true }));
      socket.on('say', (_room, text) => io.emit('said', text));
    });
    http.listen(0, '127.0.0.1');
    await new Promise((resolve) => http.once('listening', resolve));
    const { port } = http.address() as AddressInfo;
    const dialect = join(temporaryFolder(), 'rooms.yml');
    const enter = { emit: 'enter', args: ['{room}'], confirm: 'ack' };
    const send = { emit: 'say', args: ['{room}', '{text}'], ack: false };
    writeFileSync(dialect, stringify({ join: enter, send, hear: { event: 'said', text: '0' } }));
    const run = load('--target', `http://127.0.0.1:${port}`, '--dialect', dialect, '--no-crowd');
    await run.ended;
    expect(run.record().findings.map(({ id }) => id)).toContain('misrouted');
    expect(run.output).toContain('leave `{room}` out of `join`');
  });

  test('a server that hears another event, with faults: nothing was delivered before the first one, and no finding blames the server', async () => {
    const url = await plainChat(everyone, 'message');
    const run = outagesAt(url, [{ name: 'reset', links: [{ kind: 'reset' }], rest: '3s' }], []);
    expect(await run.ended, run.output).toBe(3);
    const { verdict, findings } = run.record();
    expect(verdict.breaches[0]).toMatchObject({ gate: 'undelivered', rooms: [] });
    expect(findings.map(({ id }) => id)).toEqual(['nothing-heard']);
  });

  test('a silent link that the server does not notice in time: not tested, and no threshold over it passes', async () => {
    const url = await plainChat(everyone);
    const blackhole = { name: 'blackhole', links: [{ kind: 'blackhole' }], for: '3s', rest: '2s' };
    const run = outagesAt(url, [blackhole], ['reconnect.back{fault=blackhole} == 1', 'delivery.lost == 0']);
    expect(await run.ended, run.output).toBe(3);
    const record = run.record();
    expect(faultsIn(record)).toEqual([{ gate: 'untested', faults: ['blackhole'], noticedAfterMs: 45_000 }]);
    expect(record.verdict.thresholds[0]).toEqual({
      text: 'reconnect.back{fault=blackhole} == 1',
      outcome: 'unknown',
      why: 'notTested',
    });
    expect(run.output).toContain('Invalid: blackhole disconnected no one');
  });
});
