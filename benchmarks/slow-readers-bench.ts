import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { startChat, startNeighbour } from './chat-under-watch.ts';

const READERS = 4;
const TEXT = 'x'.repeat(50_000);
const BYTES_PER_SECOND = 10_000_000;

/** Readers that stop reading while 10 MB/s is sent to each of them; what it costs the server, and a neighbour. */
export async function measureSlowReaders(seconds: number) {
  const options = { messagesPerSecond: 0, maxConnectionsPerAddress: 0, messageLength: 60_000, historyLength: 0 };
  const chat = await startChat(options);
  const neighbour = await startNeighbour(chat.url);
  const talker = io(chat.url, { transports: ['websocket'] });
  try {
    await talker.emitWithAck('join', { room: 'talk', name: 'Talker' });
    for (let at = 0; at < READERS; at++) await deafReader(chat.url, at);
    await pause(3000);
    const calm = await neighbour.times();
    const before = chat.rss();
    let highest = before;
    const endAt = performance.now() + seconds * 1000;
    const everyMs = (TEXT.length / BYTES_PER_SECOND) * 1000;
    for (let dueAt = performance.now(); dueAt < endAt; dueAt += everyMs) {
      const wait = dueAt - performance.now();
      if (wait > 1) await pause(wait);
      // Volatile: what the talker itself does not keep up with is not to be measured.
      talker.volatile.emit('message', { room: 'talk', text: TEXT });
      highest = Math.max(highest, chat.rss());
    }
    const storm = await neighbour.times();
    const { evicted } = await chat.vitals();
    return { readers: READERS, seconds, evicted, rssMb: { before: before / 1e6, highest: highest / 1e6 }, calm, storm };
  } finally {
    talker.close();
    await neighbour.close();
    await chat.close();
  }
}

/** Joins by hand, and reads nothing once it is in. */
async function deafReader(url: string, number: number): Promise<Duplex> {
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };
  const socket = await new Promise<Duplex>((resolve, reject) => {
    const sent = request(`${url}/socket.io/?EIO=4&transport=websocket`, { headers });
    sent.on('upgrade', (_response, socket) => resolve(socket)).on('error', reject);
    sent.end();
  });
  socket.on('error', () => {});
  const said = (text: string) =>
    new Promise<void>((resolve) => {
      let heard = '';
      const listen = (chunk: Buffer) => {
        heard += chunk;
        if (!heard.includes(text)) return;
        socket.off('data', listen);
        resolve();
      };
      socket.on('data', listen);
    });
  const isConnected = said('40{');
  socket.write(frame('40'));
  await isConnected;
  const isIn = said('430[');
  socket.write(frame(`420["join",{"room":"talk","name":"Reader ${number}"}]`));
  await isIn;
  return socket.pause();
}

function frame(text: string): Buffer {
  const body = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x81, 0x80 | body.length, 0, 0, 0, 0]), body]);
}
