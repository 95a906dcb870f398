import { Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';

/** Where a proxy's connections go. */
export interface ProxyTarget {
  readonly host: string;
  readonly port: number;
  /** For a target behind TLS, which clients of the proxy speak to in the clear: how its certificate is checked. */
  readonly tls?: { readonly ca?: string | undefined; readonly insecure: boolean } | undefined;
}

/** By socket over TLS: the TCP socket beneath it, which alone can be reset. */
const beneath = new WeakMap<Socket, Socket>();

/** A socket to a target, not connected yet; over TLS it begins to connect at once. Half-open connections stay so. */
export function targetSocket({ host, port, tls }: ProxyTarget): Socket {
  const tcp = new Socket({ allowHalfOpen: true });
  if (!tls) return tcp;
  tcp.connect(port, host);
  const names = /^[\d.:]+$/.test(host) ? {} : { servername: host };
  const checks = { ca: tls.ca, rejectUnauthorized: !tls.insecure, ALPNProtocols: ['http/1.1'] };
  const options = { socket: tcp, host, allowHalfOpen: true, ...names, ...checks };
  const socket = connectTls(options satisfies ConnectionOptions & { allowHalfOpen: boolean });
  beneath.set(socket, tcp);
  return socket;
}

/** Ends a socket by RST (as soon as it is connected), or as abruptly as can be while its own end is under way. */
export function reset(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.writableEnded && !socket.writableFinished) return void socket.destroy();
  const tcp = beneath.get(socket);
  (tcp ?? socket).resetAndDestroy();
  // It tells of its end at once, where others do so in the next turn: the other direction is to be cut first.
  if (tcp) process.nextTick(() => socket.destroy());
}
