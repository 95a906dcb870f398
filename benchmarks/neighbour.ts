/** Main of a neighbour: sends itself a message every 20 ms and tells, when asked, how long the acks took. */

import { io } from 'socket.io-client';

const EVERY_MS = 20;
const socket = io(process.argv[2]!, { transports: ['websocket'] });
let times: number[] = [];

await socket.emitWithAck('join', { room: 'neighbours', name: 'Neighbour' });
setInterval(async () => {
  const sentAt = performance.now();
  await socket.emitWithAck('message', { room: 'neighbours', text: 'hello' });
  times.push(performance.now() - sentAt);
}, EVERY_MS);
process.on('message', () => {
  const sorted = times.toSorted((a, b) => a - b);
  times = [];
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  process.send?.({ acks: sorted.length, p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? 0 });
});
process.send?.('ready');
