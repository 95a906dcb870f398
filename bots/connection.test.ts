import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Server } from 'socket.io';
import { expect, onTestFinished, test } from 'vitest';
import { agentOf, connectionTo } from './connection.ts';
import { plain } from './dialect.ts';

test('over polling, a reset of the connection that a poll waits on is noticed at once', async () => {
  const http = createServer();
  const io = new Server(http, { pingInterval: 60_000, pingTimeout: 60_000 });
  const connections = new Set<Socket>();
  http.on('connection', (connection: Socket) => connections.add(connection));
  let [polls, waiting] = [0, 0];
  http.on('request', ({ method }, response) => {
    if (method !== 'GET') return;
    polls++;
    waiting++;
    response.once('close', () => waiting--);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const door = { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` };
  const agent = agentOf(door);
  const client = connectionTo(door, plain, { transports: ['polling'] }, agent);
  onTestFinished(() => {
    client.close();
    agent.destroy();
    return io.close();
  });

  const happens = (event: string) => new Promise((resolve) => client.once(event, resolve));
  const connected = happens('connect');
  client.connect();
  await connected;
  // Each word ends a poll, and the next one begins on a connection that was kept.
  for (const word of ['one', 'two', 'three']) {
    const heard = happens('word');
    io.emit('word', word);
    await heard;
  }
  await expect.poll(() => waiting).toBe(1);
  expect(connections.size).toBeLessThan(polls);
  const lost = happens('disconnect');
  for (const connection of connections) connection.resetAndDestroy();
  expect(await lost).toBe('transport error');
});
