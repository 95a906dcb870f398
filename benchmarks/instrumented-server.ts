/** A server to be measured: it says where it is, and, asked for a number of seconds, what CPU it used in them. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Server } from 'socket.io';
import { instrument } from '../server/instrument.ts';

const http = createServer();
const io = new Server(http);
if (process.argv[2] === 'instrumented') instrument(io, { token: 'bench' });
http.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${(http.address() as AddressInfo).port}`));

process.on('message', async (seconds: number) => {
  const before = process.cpuUsage();
  await pause(seconds * 1000);
  const { user, system } = process.cpuUsage(before);
  process.send?.((user + system) / 1000);
});
process.once('disconnect', () => process.exit());
