/** What a large load takes of the machines that make it, from what was measured of the crowd's own engine. */

import type { RunPlan } from '../../measure/run-record/run-record.ts';
import { bytes, count, plainNumber } from './quantities.ts';

/** `npm run bench -- engine`, 1,000 sockets in one room at 20,000 deliveries/s, on one core of a two-core virtual machine. */
const COSTS = {
  /** CPU of a delivery of 130 bytes, recording included, ms. */
  deliveryMs: 0.014,
  /** Memory of a connection, bytes, and of a worker's processes without any. */
  connection: 17_000,
  worker: 400e6,
  /** On the wire, with the headers of WebSocket, TCP and IP, bytes. */
  delivery: 210,
  /** Lines of a shard, bytes a second. */
  lines: 8000,
} as const;

/** A core that is busier delivers late. */
const BUSY = 0.7;
/** Ports of Linux for outgoing connections, to one port of one address. */
const PORTS = 28_000;
/** From here on it is worth thinking of. */
const LARGE = 10_000;

/** What the load takes, in a line; undefined of one that any machine makes. */
export function scaleWords({ load: { peak, shards } }: Pick<RunPlan, 'load'>): string | undefined {
  if (peak.sockets < LARGE && !shards) return undefined;
  const cores = (peak.deliveriesPerSecond * COSTS.deliveryMs) / 1000 / BUSY;
  const workers = Math.max(shards?.length ?? 1, Math.ceil(cores));
  const memory = peak.sockets * COSTS.connection + workers * COSTS.worker;
  const bits = (peak.deliveriesPerSecond * COSTS.delivery * 8) / 1e6;
  const network = bits >= 1000 ? `${plainNumber(bits / 1000)} Gbit/s` : `${plainNumber(bits)} Mbit/s`;
  return [
    `about ${plainNumber(Math.max(0.1, Math.ceil(cores * 10) / 10))} cores`,
    `${bytes(memory)} of memory`,
    `${count(Math.ceil(peak.sockets / PORTS))} source addresses`,
    `${network} to the generators`,
    ...(shards ? [`${bytes(workers * COSTS.lines)}/s through Redis`] : []),
  ].join(', ');
}
