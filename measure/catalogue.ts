/**
 * Every metric that chatstorm knows. A sample of a `measured` metric belongs to the second in which its message was due,
 * and counts when that second lies in the measured interval; one of a `run` metric counts whenever it happened.
 */

export type Unit = 'ms' | '1' | 'bytes' | 'percent' | 'ratio' | '1/s';

export interface MetricKind {
  readonly type: 'distribution' | 'counter' | 'gauge' | 'derived';
  readonly unit: Unit;
  readonly over: 'measured' | 'run';
  readonly about: string;
}

const ms = (over: MetricKind['over'], about: string): MetricKind => ({ type: 'distribution', unit: 'ms', over, about });
const counter = (over: MetricKind['over'], about: string): MetricKind => ({ type: 'counter', unit: '1', over, about });
const gauge = (unit: Unit, about: string): MetricKind => ({ type: 'gauge', unit, over: 'run', about });
const derived = (unit: Unit, about: string): MetricKind => ({ type: 'derived', unit, over: 'measured', about });

export const catalogue = {
  'broadcast.latency': ms('measured', 'From when a message was due to its arrival, per message and recipient'),
  'broadcast.last': ms('measured', 'From when a message was due to its arrival at the last recipient'),
  'broadcast.spread': ms('measured', "From a message's first arrival to its last"),
  'broadcast.catchup': ms('measured', 'Age of a message that was replayed, or sent late since its sender was offline'),
  'broadcast.service': ms('measured', 'From the hand-over of a message to its arrival'),
  'ack.latency': ms('measured', 'From the hand-over of a message to its acknowledgement'),
  'generator.lag': ms('measured', 'How late a message was handed over'),
  'connect.time': ms('run', 'From connect() to the connect event'),
  'connect.transport': ms('run', 'From connect() to an open link'),
  'connect.namespace': ms('run', 'From an open link to the connect event; authentication lives here'),
  'fallback.time': ms('run', 'From connect() to the first word heard over polling, where WebSocket is blocked'),
  'upgrade.time': ms('run', 'From an open polling link to WebSocket'),
  'reconnect.detect': ms('run', 'From a fault to the client noticing that its connection is gone'),
  'reconnect.attempt': ms('run', 'From noticing a lost connection to the first attempt'),
  'reconnect.outage': ms('run', 'From a fault to being connected again'),
  'reconnect.rejoin': ms('run', 'From being connected again to being in the room again'),
  'reconnect.firstMessage': ms('run', 'From being connected again to the first word heard in the room'),
  'reconnect.attempts': { type: 'distribution', unit: '1', over: 'run', about: 'Attempts until connected again' },
  'reconnect.time': ms('run', 'From noticing a lost connection to being connected again'),

  'messages.scheduled': counter('measured', 'Messages that were due'),
  'messages.sent': counter('measured', 'Messages handed over to an open link'),
  'messages.dropped': counter('measured', 'Messages due while their sender was not in the room'),
  'messages.ok': counter('measured', 'Sent messages known to have reached the server'),
  'messages.refused': counter('measured', 'Sent messages that the server refused'),
  'messages.info': counter('measured', 'Sent messages of which nobody knows'),
  'messages.complete': counter('measured', 'Messages that reached every expected recipient'),
  'messages.incomplete': counter('measured', 'Messages that did not reach every expected recipient'),
  'messages.foreign': counter('run', 'Arrivals without a token of this run'),

  'delivery.expected': counter('measured', 'Pairs of a message and a recipient who had to get it'),
  'delivery.delivered': counter(
    'measured',
    'Pairs that arrived on the link on which the recipient was joined or joining',
  ),
  'delivery.recovered': counter('measured', 'Pairs that arrived otherwise: by replay, history or retry'),
  'delivery.missed': counter('measured', 'Pairs that did not arrive, as at-most-once allows'),
  'delivery.lost': counter('measured', 'Pairs that did not arrive although nothing was in the way'),
  'delivery.unknown': counter('measured', 'Pairs of messages whose sending nobody knows about'),
  'delivery.duplicate': counter('measured', 'Arrivals after the first'),
  'delivery.reordered': counter('measured', 'Arrivals behind a later message of the same sender in the same room'),
  'delivery.corrupted': counter('measured', 'Arrivals with a damaged text or token'),
  'delivery.misrouted': counter('measured', 'Arrivals at someone who is not in the room'),
  'delivery.boundary': counter('measured', 'Arrivals around a join or a leave; no fault'),
  'delivery.phantom': counter('measured', 'Arrivals of messages that nobody sent, or that were refused'),
  'delivery.gap': counter('measured', "Holes in a sender's sequence as the crowd hears it"),
  'delivery.arrived': counter('run', 'Arrivals of any kind, in the second in which they came'),

  'connections.attempted': counter('run', 'Connections tried'),
  'connections.established': counter('run', 'Connections made'),
  'connections.failed': counter('run', 'Connection attempts that failed'),
  'upgrades.failed': counter('run', 'Upgrades to WebSocket that failed'),
  disconnects: counter('run', 'Connections that ended'),
  'reconnect.count': counter('run', 'Connections made again after a loss'),
  'reconnect.recovered': counter('run', 'Reconnections with the session recovered'),
  'server.refused': counter('run', 'Handshakes that the server refused, by its own reason'),
  'bytes.in': counter('run', 'Bytes from clients to the target, counted on the wire'),
  'bytes.out': counter('run', 'Bytes from the target to clients, counted on the wire'),
  'ack.timeout': counter('measured', 'Acknowledgements that never came'),
  errors: counter('run', 'Other errors'),

  cpu: gauge('percent', 'CPU, in percent of one core'),
  rss: gauge('bytes', 'Resident memory'),
  fds: gauge('1', 'Open descriptors'),
  loopDelay: gauge('ms', 'Event-loop delay, the highest of the second'),
  loopUtilization: gauge('ratio', 'Share of the second in which the event loop was busy'),
  loopStall: gauge('ms', 'The longest time without a sign of life from the event loop, as seen from outside'),
  'connections.open': gauge('1', 'Connections open at the end of the second'),
  'server.heap': gauge('bytes', 'Heap in use'),
  'server.gcPause': gauge('ms', 'Garbage collection in the second'),
  'server.clients': gauge('1', 'Connected clients'),
  'server.bufferedBytes': gauge('bytes', 'Bytes queued for clients'),
  'server.evicted': gauge('1', 'Slow consumers cut off so far'),

  'messages.rate': derived('1/s', 'Messages handed over per second'),
  'delivery.ratio': derived('ratio', 'Delivered pairs over expected pairs'),
  'fallback.connected': derived('ratio', 'Clients that got through, and heard their own word'),
  'fallback.flapping': derived('ratio', 'Clients that kept connecting again'),
  'reconnect.back': derived('ratio', 'Clients that were connected again, or still, when a fault was over'),
  'reconnect.deaf': derived('1', 'Clients that came back and heard nothing'),
  'reconnect.peakRate': derived('1/s', 'Attempts to connect in the highest tenth of a second, per second'),
  'bytes.perDelivery': derived('bytes', 'Bytes on the wire, either way, per delivered message'),
  'server.cpuPerDelivery': derived('ms', 'Server CPU per message delivered to probes or crowd'),
} as const satisfies Readonly<Record<string, MetricKind>>;

export type MetricName = keyof typeof catalogue;

export function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(catalogue, name);
}
