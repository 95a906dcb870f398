/**
 * Main of a chat in the rooms dialect of which it is known by construction what it carries. KNOWN_CAPACITY is JSON:
 *
 *   { kind: 'queue', perSecond }         messages wait in one queue, each of which takes as long
 *   { kind: 'connections', most }        one connection more is turned away
 *   { kind: 'leak', perSecond, worse }   as `queue`, but each second each takes `worse` times as long
 *   { kind: 'hysteresis', perSecond }    as `queue`; a queue that was long once makes each take three times as long until it is empty
 *   { kind: 'noisy', perSecond }         as `queue`, but each takes from half to one and a half times as long, for seconds on end
 *   { kind: 'cpu', eachMs, stolen }      each message is so much work for the CPU, of which a share is stolen
 */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';

export type KnownCapacity =
  | { readonly kind: 'queue' | 'hysteresis' | 'noisy'; readonly perSecond: number }
  | { readonly kind: 'connections'; readonly most: number }
  | { readonly kind: 'leak'; readonly perSecond: number; readonly worse: number }
  | { readonly kind: 'cpu'; readonly eachMs: number; readonly stolen: number };

const known = JSON.parse(process.env.KNOWN_CAPACITY ?? '{}') as KnownCapacity;
const TICK_MS = 2;
/** A queue of so many seconds' work is long. */
const LONG_S = 2;
const NOISE_MS = 1500;
const STEAL_MS = 20;

const http = createServer();
const io = new Server(http, {
  serveClient: false,
  allowRequest: (_request, answer) => answer(null, known.kind !== 'connections' || io.engine.clientsCount < known.most),
});

const queue: (() => void)[] = [];
const startedAt = performance.now();
let isStuck = false;
let noise = 1;
setInterval(() => {
  noise = 0.5 + Math.random();
}, NOISE_MS).unref();

/** How many messages it does a second at the moment. */
function rate(): number {
  switch (known.kind) {
    case 'connections':
    case 'cpu':
      return Number.POSITIVE_INFINITY;
    case 'queue':
      return known.perSecond;
    case 'leak':
      return known.perSecond / known.worse ** ((performance.now() - startedAt) / 1000);
    case 'noisy':
      return known.perSecond / noise;
    case 'hysteresis':
      if (queue.length > LONG_S * known.perSecond) isStuck = true;
      else if (queue.length === 0) isStuck = false;
      return isStuck ? known.perSecond / 3 : known.perSecond;
  }
}

function burn(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

if (known.kind === 'cpu' && known.stolen > 0) {
  const { stolen } = known;
  let stoleAt = performance.now();
  setInterval(() => {
    const now = performance.now();
    burn(stolen * (now - stoleAt));
    stoleAt = now;
  }, STEAL_MS);
}

let due = 0;
let lookedAt = startedAt;
setInterval(() => {
  const now = performance.now();
  due += ((now - lookedAt) / 1000) * rate();
  lookedAt = now;
  // What it does not do now it does not make up for later.
  for (; due >= 1 && queue.length > 0; due--) queue.shift()!();
  if (queue.length === 0) due = Math.min(due, 1);
}, TICK_MS);

io.on('connection', (socket) => {
  socket.on('join', ({ room }, ack) => {
    socket.join(room);
    ack({ ok: true });
  });
  socket.on('message', ({ room, text }, ack) => {
    const work = () => {
      io.to(room).emit('message', { text });
      ack({ ok: true });
    };
    if (known.kind === 'cpu') burn(known.eachMs);
    if (known.kind === 'connections' || known.kind === 'cpu') work();
    else queue.push(work);
  });
});

http.listen(0, '127.0.0.1', () => {
  process.send?.({ ready: `http://127.0.0.1:${(http.address() as AddressInfo).port}` });
});
process.on('disconnect', () => process.exit(0));
