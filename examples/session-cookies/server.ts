/**
 * Two nodes behind a balancer. POST /login gives a session cookie, which the connection must carry; the balancer sends each
 * client to the node that its `node` cookie names, and gives it one at first.
 */

import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { createServer, type IncomingMessage, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { Server } from 'socket.io';

/** What the nodes share; between machines it would be Redis. */
const bus = new EventEmitter();
const sessions = new Set<string>();

async function startNode(): Promise<number> {
  const http = createServer();
  const io = new Server(http);
  io.use((socket, next) => {
    const isKnown = sessions.has(cookieOf(socket.request, 'session') ?? '');
    next(isKnown ? undefined : new Error('no session'));
  });
  io.on('connection', (socket) => socket.on('message', (text: string) => bus.emit('message', text)));
  bus.on('message', (text: string) => io.emit('message', text));
  // The balancer must be the first to end a connection that it keeps, or it sends a request into one that is ending.
  http.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return (http.address() as AddressInfo).port;
}

function cookieOf(request: IncomingMessage, name: string): string | undefined {
  const cookies = (request.headers.cookie ?? '').split('; ').map((cookie) => cookie.split('='));
  return cookies.find(([key]) => key === name)?.[1];
}

const nodes = [await startNode(), await startNode()];
let next = 0;
const nodeOf = (request: IncomingMessage) => Number(cookieOf(request, 'node') ?? next++) % nodes.length;

const balancer = createServer((request, response) => {
  if (request.url === '/login') {
    const session = randomUUID();
    sessions.add(session);
    response.setHeader('Set-Cookie', `session=${session}; HttpOnly`).end();
    return;
  }
  const node = nodeOf(request);
  const { method = 'GET', url: path = '/', headers } = request;
  const onward = send({ host: '127.0.0.1', port: nodes[node], method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, { ...answer.headers, 'set-cookie': [`node=${node}`] });
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
});

balancer.on('upgrade', (request, socket, head) => {
  const onward = connect(nodes[nodeOf(request)] ?? 0, '127.0.0.1', () => {
    const lines = [];
    for (let i = 0; i < request.rawHeaders.length; i += 2)
      lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
    onward.write(`GET ${request.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    onward.write(head);
    socket.pipe(onward).pipe(socket);
  });
  for (const side of [socket, onward]) side.on('error', () => [socket, onward].map((end) => end.destroy()));
});

balancer.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
