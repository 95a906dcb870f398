import { type IncomingMessage, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { io, type Socket } from 'socket.io-client';
import { onTestFinished } from 'vitest';
import type { ChatOptions } from '../../server/chat-options.ts';
import { type ChatServer, createChatServer } from '../../server/chat-server.ts';

/** A server on a free port, without the page, closed when the test ends. */
export async function startServer(
  options: Partial<ChatOptions> = {},
  log?: (line: string) => void,
): Promise<ChatServer> {
  const server = await createChatServer({ port: 0, page: false, messagesPerSecond: 0, ...options }, log);
  onTestFinished(() => server.close());
  return server;
}

/** A client over one transport, closed when the test ends, that comes back quickly when it is cut off. */
export function client(url: string, transport: 'polling' | 'websocket' = 'websocket'): Socket {
  const socket = io(url, { transports: [transport], forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 200 });
  onTestFinished(() => {
    socket.close();
  });
  return socket;
}

/** The next `event` of a socket for which `isIt` holds; its first argument. */
export function next<T>(socket: Socket, event: string, isIt: (value: T) => boolean = () => true): Promise<T> {
  return new Promise((resolve) => {
    const listener = (value: T) => {
      if (!isIt(value)) return;
      socket.off(event, listener);
      resolve(value);
    };
    socket.on(event, listener);
  });
}

/** What an ack of the server holds in tests. */
export interface TestAck {
  readonly ok: boolean;
  readonly id?: string;
  readonly error?: { readonly code: string; readonly message: string };
  readonly members?: string[];
  readonly count?: number;
  readonly history?: { readonly text: string }[];
  readonly rooms?: { readonly room: string; readonly members: number }[];
}

/** Emits and waits for the ack. */
export function ask(socket: Socket, event: string, ...payload: unknown[]): Promise<TestAck> {
  return socket.emitWithAck(event, ...payload);
}

/** A plain request, with any header, Host and Origin included; the status and the body. */
export function get(url: string, headers: Record<string, string> = {}, body?: string) {
  return new Promise<{ status: number; headers: IncomingMessage['headers']; body: string }>((resolve, reject) => {
    const sent = request(url, { headers, method: body === undefined ? 'GET' : 'POST' }, async (response) => {
      const chunks = await response.toArray();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Asks for a WebSocket by hand: the raw connection, or the status with which it was refused. */
export function upgrade(url: string, headers: Record<string, string> = {}): Promise<Duplex | number> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/socket.io/?EIO=4&transport=websocket`, {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...headers,
      },
    });
    sent.on('upgrade', (_response, socket) => {
      onTestFinished(() => {
        socket.destroy();
      });
      socket.on('error', () => {});
      resolve(socket);
    });
    sent.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** A link by hand, in frames, that answers no ping: to the server its other end is gone without a word. */
export interface SilentLink {
  send(text: string): void;
  /** The first match in all that the server has sent and will send. */
  heard(pattern: RegExp): Promise<RegExpExecArray>;
  cut(): void;
}

/** Connects to Socket.IO over a silent link; `auth` is what recovers a session. */
export async function silentLink(url: string, auth: object = {}): Promise<SilentLink> {
  const socket = await upgrade(url);
  if (typeof socket === 'number') throw new Error(`Expected an upgrade, got ${socket}`);
  let text = '';
  let check = () => {};
  socket.on('data', (chunk) => {
    text += chunk;
    check();
  });
  const link: SilentLink = {
    send: (packet) => socket.write(frame(packet)),
    heard: (pattern) =>
      new Promise((resolve) => {
        check = () => {
          const match = pattern.exec(text);
          if (match) resolve(match);
        };
        check();
      }),
    cut: () => socket.destroy(),
  };
  link.send(`40${JSON.stringify(auth)}`);
  await link.heard(/40\{/);
  return link;
}

/** A short text as a WebSocket frame of a client, masked with zeros. */
export function frame(text: string): Buffer {
  const body = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x81, 0x80 | body.length, 0, 0, 0, 0]), body]);
}
