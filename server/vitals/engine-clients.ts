import type { Socket as NetSocket } from 'node:net';
import type { Server } from 'socket.io';

/** The `ws` socket of a client over WebSocket. */
export interface WebSocketLink {
  readonly bufferedAmount: number;
  /** The TCP connection beneath. */
  readonly _socket?: NetSocket;
  ping(payload: Buffer, mask: boolean, done: () => void): void;
  on(event: 'pong', heard: (payload: Buffer) => void): void;
  terminate(): void;
}

/** What we use of an Engine.IO connection: the transport beneath a Socket.IO client, and what waits to be sent on it. */
export interface EngineClient {
  readonly readyState: string;
  readonly writeBuffer: readonly { readonly data?: unknown }[];
  /** Polling has no socket. */
  readonly transport: { readonly name: string; readonly socket?: WebSocketLink };
  /** Queues a packet of Socket.IO, encoded. */
  write(packet: string): void;
  /** Closes once what is queued has been handed over; with `discard`, at once. Clients then come back by themselves. */
  close(discard?: boolean): void;
  once(event: 'close', listener: () => void): void;
}

/** The connections that are open. Engine.IO declares its map protected, but offers no other way. */
export function engineClients(io: Server): EngineClient[] {
  return Object.values((io.engine as unknown as { readonly clients: Record<string, EngineClient> }).clients);
}

/** Ends a connection without waiting for the other side. */
export function cut(client: EngineClient): void {
  client.close(true);
  client.transport.socket?.terminate();
}

/** Bytes waiting to be sent to a client: what the transport took and TCP did not, and what the transport has not taken. */
export function bufferedBytes(client: EngineClient): number {
  let bytes = client.transport.socket?.bufferedAmount ?? 0;
  for (const { data } of client.writeBuffer) {
    if (typeof data === 'string' || data instanceof Uint8Array) bytes += data.length;
  }
  return bytes;
}
