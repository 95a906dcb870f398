import type { Socket as NetSocket } from 'node:net';
import type { Server } from 'socket.io';
import { cut, type EngineClient, engineClients } from './vitals/engine-clients.ts';

/**
 * Ends all connections so that clients come back by themselves, to the server that listens then. `io.close()` alone would throw
 * queued packets away, and `disconnectSockets()` would tell clients to stay away; so each engine connection hands over
 * what is queued and closes. While they do, the port stays open for the polls that fetch the last packets. A client that has
 * not gone after `graceMs` is cut off. Handshakes must be refused by the caller from before this is called.
 */
export async function closeServer(io: Server, open: ReadonlySet<NetSocket>, graceMs: number): Promise<void> {
  const clients = engineClients(io);
  const closed = Promise.all(clients.map(untilClosed));
  for (const client of clients) client.close();
  await atMost(closed, graceMs);

  for (const client of engineClients(io)) cut(client);
  const gone = io.close();
  // A WebSocket says goodbye and waits for the answer; a client that hangs never gives one.
  await atMost(Promise.all([...open].map(untilClosed)), graceMs);
  for (const socket of open) socket.destroy();
  await gone;
}

function untilClosed(one: EngineClient | NetSocket): Promise<void> {
  return new Promise((resolve) => one.once('close', () => resolve()));
}

async function atMost(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise, limit]);
  clearTimeout(timer);
}
