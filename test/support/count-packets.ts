/**
 * Loaded before an example's server: counts the probes' measured messages as they come in, and every copy of one that is
 * handed to a probe's connection, below everything that the example does. Asked by its parent, it tells.
 */

import { createRequire } from 'node:module';
import { Server as NetServer } from 'node:net';
import { dirname, join } from 'node:path';
import { TokenReader } from '../../measure/ledger/token.ts';

/** When each message was due, ms since its run began. */
export interface Counts {
  readonly received: number[];
  readonly sentToProbes: number[];
}

interface EngineClient {
  readonly conn: { readonly request: { readonly _query?: { readonly transport?: string } } };
}

interface ClientPrototype {
  ondecoded(this: EngineClient, packet: { readonly data?: unknown }): void;
  writeToEngine(this: EngineClient, encoded: unknown, options: unknown): void;
}

const counts: Counts = { received: [], sentToProbes: [] };
const token = new TokenReader();

const require = createRequire(import.meta.url);
const { Client } = require(join(dirname(require.resolve('socket.io')), 'client.js'));
const prototype: ClientPrototype = Client.prototype;
const { ondecoded, writeToEngine } = prototype;

prototype.ondecoded = function (packet) {
  note(counts.received, textOf(packet.data));
  ondecoded.call(this, packet);
};

prototype.writeToEngine = function (encoded, options) {
  // Probes begin with polling, the crowd of these runs with WebSocket.
  if (this.conn.request._query?.transport === 'polling') note(counts.sentToProbes, textOf(encoded));
  writeToEngine.call(this, encoded, options);
};

function note(list: number[], text: string): void {
  if (token.read(text) === 'none' || token.kind !== 'probe') return;
  list.push(token.dueUs / 1000);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  return typeof value === 'object' && value !== null ? Object.values(value).map(textOf).join(' ') : '';
}

/** An example is ready once it listens where it was told to. */
const { listen } = NetServer.prototype;
NetServer.prototype.listen = function (this: NetServer, ...args: unknown[]) {
  if (args[0] === Number(process.env.PORT)) this.once('listening', () => process.send?.('ready'));
  return Reflect.apply(listen, this, args);
};

process.on('message', () => process.send?.(counts));
