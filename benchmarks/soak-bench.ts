import { setTimeout as pause } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { randomOf } from '../base/random.ts';
import { startChat, startNeighbour } from './chat-under-watch.ts';
import { slopeOf } from './slope.ts';

const CLIENTS = 60;
const ROOMS = 12;
/** A client stays for so long on average, then goes as some client goes. */
const STAY_MS = 2000;
const CHECK_MS = 15_000;

/** Clients come, talk and go, in every way there is, for so long; what of them stays in the server. */
export async function measureSoak(seconds: number, told: (line: string) => void) {
  const chat = await startChat({ messagesPerSecond: 0, maxConnectionsPerAddress: 0, stateRecovery: true });
  const neighbour = await startNeighbour(chat.url);
  const random = randomOf('soak');
  const endAt = performance.now() + seconds * 1000;
  let visits = 0;
  const visitor = async (number: number) => {
    while (performance.now() < endAt) {
      visits++;
      await visit(chat.url, `visitor-${number}-${visits}`, random);
    }
  };
  try {
    const before = chat.descriptors();
    const visitors = Promise.all(Array.from({ length: CLIENTS }, (_, number) => visitor(number)));
    const heaps: [number, number][] = [];
    while (performance.now() < endAt) {
      await pause(CHECK_MS);
      const heap = (await chat.heap()) / 1e6;
      heaps.push([heaps.length * (CHECK_MS / 60_000), heap]);
      const { p99 } = await neighbour.times();
      told(
        `${visits} visits, heap ${heap.toFixed(1)} MB, ${chat.descriptors()} descriptors, neighbour p99 ${p99.toFixed(1)} ms`,
      );
    }
    await visitors;
    // Sessions may be recovered for two minutes; their connections are gone at once.
    await pause(3000);
    const { failures, clients } = await chat.vitals();
    const settled = heaps.slice(Math.floor(heaps.length / 3));
    return { visits, failures, clients, descriptors: { before, after: chat.descriptors() }, slope: slopeOf(settled) };
  } finally {
    await neighbour.close();
    await chat.close();
  }
}

async function visit(url: string, name: string, random: () => number): Promise<void> {
  const transports = random() < 0.3 ? ['polling'] : random() < 0.5 ? ['websocket'] : ['polling', 'websocket'];
  const socket = io(url, { transports, forceNew: true, reconnection: false, auth: { key: name } });
  const room = `room-${Math.floor(random() * ROOMS)}`;
  const leftAt = performance.now() - Math.log(1 - random()) * STAY_MS;
  try {
    await socket.timeout(5000).emitWithAck('join', { room, name });
    while (performance.now() < leftAt) {
      await pause(random() * 200);
      await socket.timeout(5000).emitWithAck('message', { room, text: 'hello '.repeat(Math.floor(random() * 50) + 1) });
    }
  } catch {
    // Not answered in time, as its neighbour will tell.
  }
  go(socket, random());
}

/** Leaves in order, without a word, or by closing what is beneath. */
function go(socket: Socket, how: number): void {
  if (how < 0.2) socket.emit('leave', { room: 'room-0' });
  if (how > 0.6) socket.io.engine?.close();
  socket.disconnect();
}
