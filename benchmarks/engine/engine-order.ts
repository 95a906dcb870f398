/** What the processes of the engine benchmark tell each other. */

import { hash } from '../../base/hash.ts';

/** How many connections come, and what they hear. */
export interface Load {
  /** Numbers of connections at which memory is read, rising; messages go to the last. */
  readonly sizes: readonly number[];
  readonly arrivalsPerSecond: number;
  readonly roomSize: number;
  readonly deliveriesPerSecond: number;
}

/** What a load generator is to do. The query of its address says whose connections they are. */
export interface Order {
  readonly url: string;
  readonly transport: 'websocket' | 'polling';
  readonly load: Load;
  /** When times began, on the host's clock, ms. */
  readonly startAt: number;
  /** Where it may write files. */
  readonly folder: string;
  readonly localAddresses: readonly string[];
}

/** An {@link Order} as JSON, in the environment of a load generator. */
export const ENGINE_ORDER = 'CHATSTORM_ENGINE_ORDER';
/** A {@link ServerSetup} as JSON, in the environment of the server. */
export const ENGINE_SERVER = 'CHATSTORM_ENGINE_SERVER';
/** The descriptor on which a load generator is told what to do, and answers. */
export const CHANNEL_FD = 3;
/** The run of all tokens. */
export const run = hash('engine benchmark');

/** What the server is started with. */
export interface ServerSetup {
  /** When times began, on the host's clock, ms. */
  readonly startAt: number;
  readonly pingIntervalMs: number;
}

/** What the server is told; it answers everything with its state. */
export type ToServer =
  /** From now on the next connections of the group fill rooms of such a size, one after another. */
  | { readonly open: { readonly group: string; readonly roomSize: number } }
  /** From now on messages go to the rooms of the group in turn. */
  | { readonly flow: { readonly group: string; readonly deliveriesPerSecond: number } }
  | { readonly still: true }
  | { readonly tell: true };

/** Messages and deliveries since the last flow began; open connections by group. */
export interface ServerState {
  /** On the server's clock, ms. */
  readonly at: number;
  readonly port: number;
  readonly messages: number;
  readonly deliveries: number;
  readonly connections: Readonly<Record<string, number>>;
}
