import { once } from 'node:events';
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Server as NetServer, Socket as NetSocket } from 'node:net';
import { Server, type ServerOptions } from 'socket.io';
import type { Finish } from './clients.ts';

export interface Place {
  readonly scheme?: 'http' | 'https';
  readonly port?: number;
}

/** Has a server listen on a free port, or a given one, until the test is over. `cut` ends its connections without a word. */
export async function listening(server: NetServer, finish: Finish, { scheme = 'http', port = 0 }: Place = {}) {
  const sockets = new Set<NetSocket>();
  server.on(scheme === 'https' ? 'secureConnection' : 'connection', (socket: NetSocket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => sockets.forEach((socket) => socket.destroy());
  const reset = () => sockets.forEach((socket) => socket.resetAndDestroy());
  finish(() => {
    server.close();
    cut();
  });
  return { sockets, url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`, cut, reset };
}

/** A Socket.IO server with long heartbeats. */
export async function socketIoServer(
  finish: Finish,
  options: Partial<ServerOptions> = {},
  { http = createServer(), ...place }: Place & { http?: HttpServer } = {},
) {
  const io = new Server(http, { pingInterval: 60_000, pingTimeout: 60_000, ...options });
  const listener = await listening(http, finish, place);
  finish(() => io.close());
  return { io, http, ...listener };
}

export interface WireHandshake {
  readonly upgrades?: readonly string[];
  readonly pingInterval?: number;
  readonly pingTimeout?: number;
  readonly maxPayload?: number;
}

/** The first packet of a session, as a server that speaks by script opens it. */
export function openPacket(handshake: WireHandshake = {}): string {
  const usual = { sid: 's', upgrades: [], pingInterval: 60_000, pingTimeout: 60_000, maxPayload: 1_000_000 };
  return `0${JSON.stringify({ ...usual, ...handshake })}`;
}

/** How a poll or a post is answered: a body, or by hand. */
export type Answer = string | ((response: ServerResponse, request: IncomingMessage) => void);

export interface PollScript {
  readonly open?: WireHandshake;
  /** The answer to the first poll of a session; the rest are answered by {@link pollServer}'s `answer`. */
  readonly first?: Answer;
  readonly post?: Answer;
}

/**
 * An Engine.IO server over polling that answers as it is told. It gives no transport but `http` for others to take upgrades.
 */
export async function pollServer(finish: Finish, script: PollScript = {}) {
  const { open, first = '40{"sid":"n"}', post = 'ok' } = script;
  const http = createServer();
  const posts: string[] = [];
  const answers: Answer[] = [];
  let waiting: readonly [ServerResponse, IncomingMessage] | undefined;
  const give = (answer: Answer, [response, request]: readonly [ServerResponse, IncomingMessage]) =>
    typeof answer === 'string' ? response.end(answer) : answer(response, request);
  const answer = (next: Answer) => {
    const now = waiting;
    waiting = undefined;
    if (now) give(next, now);
    else answers.push(next);
  };
  http.on('request', async (request: IncomingMessage, response: ServerResponse) => {
    if (request.method === 'POST') {
      posts.push(Buffer.concat(await request.toArray()).toString());
      return give(post, [response, request]);
    }
    if (!request.url?.includes('sid=')) {
      answers.unshift(first);
      return response.end(openPacket(open));
    }
    const next = answers.shift();
    if (next === undefined) waiting = [response, request];
    else give(next, [response, request]);
  });
  const { sockets, ...place } = await listening(http, finish);
  /** Ends the connections that no poll waits on. Resolves as soon as the client has seen it. */
  const endIdle = async () => {
    const idle = [...sockets].filter((socket) => socket !== waiting?.[0].socket);
    await Promise.all(idle.map((socket) => once(socket.end(), 'close')));
    return idle.length;
  };
  return { http, posts, answer, isPolled: () => waiting !== undefined, endIdle, ...place };
}
