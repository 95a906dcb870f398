/**
 * Main of the server of the engine benchmark: puts connections into rooms, and sends messages to rooms at a steady rate when
 * it is told to. It ends when its channel closes.
 */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { randomOf } from '../../base/random.ts';
import { chatter, padded } from '../../bots/chatter.ts';
import { clockMark, runClock } from '../../bots/clock.ts';
import { writeToken } from '../../measure/ledger/token.ts';
import { ENGINE_SERVER, run, type ServerSetup, type ServerState, type ToServer } from './engine-order.ts';

/** A WebSocket frame of 130 bytes, without the 4 of its header. */
const PACKET_BYTES = 126;
const SENDER = 10_000;

interface Group {
  readonly roomSize: number;
  came: number;
  open: number;
}

const { startAt, pingIntervalMs }: ServerSetup = JSON.parse(process.env[ENGINE_SERVER]!);
const clock = runClock(startAt);
const random = randomOf('engine benchmark');
const groups = new Map<string, Group>();
const seqs = new Map<string, number>();
let flowing: NodeJS.Timeout | undefined;
let messages = 0;
let deliveries = 0;

const http = createServer();
const io = new Server(http, {
  serveClient: false,
  perMessageDeflate: false,
  httpCompression: false,
  pingInterval: pingIntervalMs,
});

io.on('connection', (socket) => {
  const name = String(socket.handshake.query.group);
  const group = groups.get(name);
  if (!group) return socket.disconnect(true);
  socket.join(roomOf(name, Math.floor(group.came++ / group.roomSize)));
  group.open++;
  socket.once('disconnect', () => group.open--);
});

process.on('message', (told: ToServer) => {
  if ('open' in told) groups.set(told.open.group, { roomSize: told.open.roomSize, came: 0, open: 0 });
  else if ('flow' in told) flow(told.flow.group, told.flow.deliveriesPerSecond);
  else if ('still' in told) clearInterval(flowing);
  tell();
});
process.once('disconnect', () => process.exit());
http.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, tell);

function tell(): void {
  const connections = Object.fromEntries([...groups].map(([name, { open }]) => [name, open]));
  const { port } = http.address() as AddressInfo;
  process.send?.({ at: clock(), port, messages, deliveries, connections } satisfies ServerState);
}

function flow(name: string, deliveriesPerSecond: number): void {
  const { came, roomSize } = groups.get(name)!;
  const rooms = Math.ceil(came / roomSize);
  const perMs = deliveriesPerSecond / 1000 / (came / rooms);
  const from = clock();
  clearInterval(flowing);
  messages = 0;
  deliveries = 0;
  flowing = setInterval(() => {
    for (const due = (clock() - from) * perMs; messages < due; messages++) send(name, messages % rooms);
  }, 1);
}

function send(name: string, number: number): void {
  const room = roomOf(name, number);
  const seq = seqs.get(room) ?? 0;
  seqs.set(room, seq + 1);
  const token = { kind: 'crowd', run, clock: clockMark, sender: SENDER, room: number, seq } as const;
  const text = (words: string) => writeToken(words, { ...token, dueUs: Math.round(clock() * 1000) });
  const words = padded(chatter(random), PACKET_BYTES);
  const excess = JSON.stringify(['message', { room, text: text(words) }]).length + '42'.length - PACKET_BYTES;
  io.to(room).emit('message', { room, text: text(words.slice(0, words.length - excess)) });
  deliveries += io.sockets.adapter.rooms.get(room)?.size ?? 0;
}

function roomOf(group: string, number: number): string {
  return `${group}-${number}`;
}
