import { writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Server, type Socket } from 'socket.io';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { cleanUp, load, Running, temporaryFolder, valueIn } from './support/chatstorm.ts';

afterAll(cleanUp);

/** A chat in the plain dialect; `admit` says why a connection is turned away, if it is. */
async function plainChat(
  admit: (connections: number, transport: string) => string | undefined,
  event = 'chat message',
): Promise<string> {
  const http: HttpServer = createServer();
  const io = new Server(http, { pingInterval: 25_000, pingTimeout: 20_000 });
  io.use((socket: Socket, next) => {
    const reason = admit(io.of('/').sockets.size, socket.conn.transport.name);
    next(reason === undefined ? undefined : new Error(reason));
  });
  io.on('connection', (socket) => socket.on(event, (text) => io.emit('chat message', text)));
  http.listen(0, '127.0.0.1');
  await new Promise((resolve) => http.once('listening', resolve));
  onTestFinished(() => void io.close());
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
      probes: { rooms: 1, talkers: 2, rate: '10/s', listeners: 2, warmup: '2s', drain: '1s' },
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
    const url = await plainChat((connections) => (connections >= 8 ? 'server full' : undefined));
    const run = load('--target', url, '--users', '20');
    expect(await run.ended, run.output).toBe(3);
    const record = run.record();
    const crowd = record.verdict.breaches.find((one) => one.gate === 'participation' && one.role === 'crowd');
    const present = valueIn(record, 'users.present');
    const absent = valueIn(record, 'users.absent{reason=connect: server full}');
    expect(crowd).toEqual({
      gate: 'participation',
      role: 'crowd',
      asked: 20,
      tookPart: present,
      reasons: [{ reason: 'connect: server full', clients: absent }],
    });
    expect(present + absent).toBe(20);
    expect(run.output).toContain(`Invalid: asked for 20 users, ${present} took part`);
  });

  test('a server that turns everyone of the crowd away: the crowd ends early, which is no crash', async () => {
    // Probes begin with polling, the crowd of this scenario with WebSocket.
    const url = await plainChat((_, transport) => (transport === 'websocket' ? 'server full' : undefined));
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

  test('the same with faults: nothing was delivered before the first one, and no finding blames the server', async () => {
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
    const { verdict } = run.record();
    expect(verdict.breaches).toEqual([{ gate: 'untested', faults: ['blackhole'] }]);
    expect(verdict.thresholds[0]).toEqual({
      text: 'reconnect.back{fault=blackhole} == 1',
      outcome: 'unknown',
      why: 'notTested',
    });
    expect(run.output).toContain('Invalid: blackhole disconnected no one');
  });
});
