import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Server } from 'socket.io';
import { io as connect } from 'socket.io-client';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { stringify } from 'yaml';
import { instrument } from '../server/instrument.ts';
import { cleanUp, load, temporaryFolder } from './support/chatstorm.ts';

afterAll(cleanUp);

const token = 'a token';

async function instrumented() {
  const http = createServer((_request, response) => response.end('the application'));
  const io = new Server(http);
  const { close } = instrument(io, { token, node: 'node "1"' });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(async () => {
    close();
    await io.close();
  });
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const ask = (headers: Record<string, string> = {}) => fetch(`${url}/chatstorm/vitals`, { headers });
  return { io, http, url, ask, close };
}

describe('an instrumented server', () => {
  const bearer = { Authorization: `Bearer ${token}` };

  test('tells who bears the token how it is, and nobody else', async () => {
    const { io, url, ask } = await instrumented();
    expect((await ask()).status).toBe(401);
    expect((await ask({ Authorization: 'Bearer a tokem' })).status).toBe(401);
    io.on('connection', (socket) => socket.join('room'));
    const client = connect(url, { transports: ['websocket'] });
    onTestFinished(() => void client.disconnect());
    await new Promise<void>((resolve) => client.once('connect', resolve));
    await expect
      .poll(async () => (await ask(bearer)).json())
      .toMatchObject({ node: 'node "1"', clients: 1, transports: { polling: 0, websocket: 1 }, rooms: 1 });
    const vitals = await (await ask(bearer)).json();
    expect(Object.keys(vitals as object)).toEqual(
      expect.arrayContaining(['heapUsedBytes', 'gcPauseMs', 'eventLoopDelay', 'bufferedBytes', 'connectionErrors']),
    );
  });

  test("counts what Engine.IO refuses, and speaks Prometheus' format", async () => {
    const { url, ask } = await instrumented();
    await fetch(`${url}/socket.io/?EIO=4&transport=polling&sid=nobody`);
    const read = async () => (await ask({ ...bearer, Accept: 'text/plain' })).text();
    await expect.poll(read).toContain('chatstorm_connection_errors_total{reason="UNKNOWN_SID",node="node \\"1\\""} 1');
    for (const line of (await read()).trim().split('\n'))
      expect(line).toMatch(/^$|^# (HELP|TYPE) chatstorm_\w+ .+$|^chatstorm_\w+\{.+\} -?\d+(\.\d+)?(e-?\d+)?$/);
  });

  test('leaves the application and Socket.IO what is theirs, and goes without a trace', async () => {
    const { url, http, close, ask } = await instrumented();
    expect(await (await fetch(url)).text()).toBe('the application');
    expect((await fetch(`${url}/socket.io/?EIO=4&transport=polling`)).status).toBe(200);
    close();
    expect(http.listenerCount('request')).toBe(1);
    expect(await (await ask(bearer)).text()).toBe('the application');
  });

  test('wants a token, and an HTTP server', () => {
    const http: HttpServer = createServer();
    expect(() => instrument(new Server(http), { token: '' })).toThrow('`token`');
    expect(() => instrument(new Server(), { token })).toThrow('attached');
  });

  test('is seen inside by a run', { timeout: 60_000 }, async () => {
    const { io, url } = await instrumented();
    io.on('connection', (socket) => socket.on('chat message', (text) => io.emit('chat message', text)));
    const dialect = join(temporaryFolder(), 'chat.yml');
    const chat = { send: { emit: 'chat message', args: ['{text}'] }, hear: { event: 'chat message' } };
    writeFileSync(dialect, stringify({ ...chat, vitals: { token }, pid: process.pid }));
    const run = load('--target', url, '--dialect', dialect, '--no-crowd');
    await run.ended;
    const gauges = run.record().vitals.flatMap((one) => Object.keys(one.gauges));
    expect(gauges).toEqual(
      expect.arrayContaining([
        'server.heap',
        'server.clients',
        'loopDelay{role=server}',
        'cpu{role=server}',
        'fds{role=server}',
      ]),
    );
  });
});
