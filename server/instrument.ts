import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import type { Server } from 'socket.io';
import { hasToken } from './access/token-check.ts';
import { countConnectionErrors } from './vitals/connection-errors.ts';
import { prometheusText, prometheusType } from './vitals/prometheus-text.ts';
import { type NodeVitals, VitalsWatch } from './vitals/vitals.ts';

export interface InstrumentOptions {
  /** Who asks has to bear it: `Authorization: Bearer TOKEN`. */
  readonly token: string;
  /** Where to answer; `/chatstorm/vitals` by default. */
  readonly path?: string;
  /** What this node is called; its host and process id by default. */
  readonly node?: string;
}

/**
 * Gives a Socket.IO server that is attached to an HTTP server an endpoint that tells how it is: JSON, or Prometheus' text
 * format where that is accepted. Throws a TypeError without a token, or where there is no HTTP server yet. `close` takes it
 * away again.
 */
export function instrument(
  io: Server,
  { token, path = '/chatstorm/vitals', node }: InstrumentOptions,
): { close(): void } {
  if (typeof token !== 'string' || token === '') throw new TypeError('Expected instrument() to be given a `token`.');
  const http = (io as unknown as { readonly httpServer?: HttpServer }).httpServer;
  if (!http) throw new TypeError('Expected the Socket.IO server to be attached before instrument() is called.');
  const counts = { connectionErrors: countConnectionErrors(io), rooms: () => roomsOf(io) };
  const watch = new VitalsWatch(io, counts);
  const name = node ?? `${hostname()}-${process.pid}`;
  const others = http.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    if (pathOf(request) === path) return void answer(request, response, token, { node: name, ...watch.latest() });
    for (const other of others) other.call(http, request, response);
  };
  http.removeAllListeners('request').on('request', handle);
  return {
    close: () => {
      watch.close();
      if (!http.listeners('request').includes(handle)) return;
      http.off('request', handle);
      for (const other of others) http.on('request', other);
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  vitals: NodeVitals,
): Promise<void> {
  response.setHeader('Cache-Control', 'no-store');
  if (!hasToken(request, token)) {
    response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end();
  } else if (/text\/plain|openmetrics/.test(request.headers.accept ?? '')) {
    response.setHeader('Content-Type', prometheusType).end(await prometheusText(vitals));
  } else {
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify(vitals));
  }
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '/';
}

/** The rooms that somebody joined, without the one that each socket has of its own. */
function roomsOf(io: Server): number {
  let rooms = 0;
  for (const { adapter } of io._nsps.values()) rooms += Math.max(0, adapter.rooms.size - adapter.sids.size);
  return rooms;
}
