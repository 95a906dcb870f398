import type { Server } from 'socket.io';

/** How often Engine.IO refused a request, by the most telling name it has for the reason, since the start. */
export type ConnectionErrors = Readonly<Record<string, number>>;

/** What Engine.IO says of a refused request; only the code crosses the wire. */
export interface ConnectionError {
  readonly code: number;
  readonly context?: { readonly name?: unknown } | undefined;
}

/** Counts what Engine.IO refuses from now on; gives the counts so far. */
export function countConnectionErrors(io: Server): () => ConnectionErrors {
  const counts = new Map<string, number>();
  io.engine.on('connection_error', (error: ConnectionError) => {
    const name = nameOf(error);
    const key = counts.has(name) || counts.size < mostNames ? name : 'OTHER';
    counts.set(key, (counts.get(key) ?? 0) + 1);
  });
  return () => Object.fromEntries(counts);
}

/** The context's own name, such as TRANSPORT_MISMATCH where the code only says BAD_REQUEST; else the code's. */
export function nameOf({ code, context }: ConnectionError): string {
  const name = context?.name;
  if (typeof name === 'string' && /^[A-Z_]{1,40}$/.test(name)) return name;
  return codes[code] ?? 'OTHER';
}

/** More names than Engine.IO knows today; the map is bounded whatever it comes to say. */
const mostNames = 32;

/** https://socket.io/docs/v4/server-api/#engineonconnection_error, by code. */
const codes = [
  'UNKNOWN_TRANSPORT',
  'UNKNOWN_SID',
  'BAD_HANDSHAKE_METHOD',
  'BAD_REQUEST',
  'FORBIDDEN',
  'UNSUPPORTED_PROTOCOL_VERSION',
];
