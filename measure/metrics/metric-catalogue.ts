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
  'broadcast.first': ms('measured', 'From when a message was due to its first arrival, per complete message'),
  'broadcast.median': ms(
    'measured',
    'From when a message was due to its arrival at the median recipient, per complete message',
  ),
  'broadcast.last': ms(
    'measured',
    'From when a message was due to its arrival at the last recipient, per complete message',
  ),
  'broadcast.spread': ms('measured', "From a message's first arrival to its last"),
  'broadcast.catchup': ms(
    'measured',
    'Age of a message that was replayed, or sent late because its sender was offline',
  ),
  'broadcast.service': ms('measured', 'From when a message was sent to its arrival'),
  'ack.latency': ms('measured', 'From when a message was sent to its acknowledgement'),
  'generator.lag': ms('measured', 'How late the generator sent a message'),
  'connect.time': ms('run', 'From connect() to the connect event'),
  'connect.transport': ms('run', 'From connect() to an open link'),
  'connect.namespace': ms('run', 'From an open link to the connect event; includes authentication'),
  'fallback.time': ms('run', 'From connect() to the first message received over polling, where WebSocket is blocked'),
  'upgrade.time': ms('run', 'From an open polling link to the upgrade to WebSocket'),
  'reconnect.detect': ms('run', 'From a fault to the client noticing that its connection is lost'),
  'reconnect.attempt': ms('run', 'From noticing a lost connection to the first attempt'),
  'reconnect.outage': ms('run', 'From a fault to being connected again'),
  'reconnect.rejoin': ms('run', 'From being connected again to being in the room again'),
  'reconnect.firstMessage': ms('run', 'From being connected again to the first message received in the room'),
  'reconnect.attempts': { type: 'distribution', unit: '1', over: 'run', about: 'Attempts until connected again' },
  'reconnect.time': ms('run', 'From noticing a lost connection to being connected again'),

  'messages.scheduled': counter('measured', 'Messages that were due'),
  'messages.sent': counter('measured', 'Messages sent on an open link'),
  'messages.dropped': counter('measured', 'Messages due while their sender was not in the room'),
  'messages.ok': counter('measured', 'Sent messages known to have reached the server'),
  'messages.refused': counter('measured', 'Sent messages that the server refused'),
  'messages.info': counter('measured', 'Sent messages whose fate is not known: no acknowledgement and no arrival'),
  'messages.complete': counter('measured', 'Messages that reached every expected recipient'),
  'messages.incomplete': counter('measured', 'Messages that did not reach every expected recipient'),
  'messages.foreign': counter('run', 'Arrivals without a token of this run'),

  'delivery.expected': counter('measured', 'Pairs of a message and a recipient that should receive it'),
  'delivery.crossShard': counter('measured', 'Arrivals of messages of another part of a load that is split'),
  'delivery.delivered': counter(
    'measured',
    'Pairs that arrived on the link on which the recipient was joined or joining',
  ),
  'delivery.recovered': counter('measured', 'Pairs that arrived by replay, history or retry'),
  'delivery.missed': counter('measured', 'Pairs that did not arrive for a reason that at-most-once delivery allows'),
  'delivery.lost': counter(
    'measured',
    'Pairs that did not arrive although the recipient was connected and in the room',
  ),
  'delivery.unknown': counter('measured', 'Pairs of messages that may never have been sent'),
  'delivery.duplicate': counter('measured', 'Arrivals after the first'),
  'delivery.reordered': counter('measured', 'Arrivals after a later message of the same sender in the same room'),
  'delivery.corrupted': counter('measured', 'Arrivals with a damaged text or token'),
  'delivery.misrouted': counter('measured', 'Arrivals at a client that is not in the room'),
  'delivery.boundary': counter('measured', 'Arrivals around a join or a leave; not an error'),
  'delivery.phantom': counter('measured', 'Arrivals of messages that were never sent, or that were refused'),
  'delivery.gap': counter('measured', "Gaps in a sender's sequence as the crowd receives it"),
  'delivery.arrived': counter('run', 'Arrivals of any kind, in the second in which they came'),

  'users.joined': counter('run', 'Crowd users that connected and joined their room'),
  'users.present': counter('run', 'Crowd users that were in their room when the crowd left'),
  'users.absent': counter('run', 'Crowd users that were not in their room when the crowd left, by reason'),

  'connections.attempted': counter('run', 'Connection attempts'),
  'connections.established': counter('run', 'Connections established'),
  'connections.failed': counter('run', 'Connection attempts that failed'),
  'upgrades.failed': counter('run', 'Upgrades to WebSocket that failed'),
  disconnects: counter('run', 'Connections that ended'),
  'reconnect.count': counter('run', 'Connections established again after a loss'),
  'reconnect.recovered': counter('run', 'Reconnections with the session recovered'),
  'server.refused': counter('run', "Handshakes that the server refused, by the server's reason"),
  'bytes.in': { ...counter('run', 'Bytes from clients to the target, counted on the wire'), unit: 'bytes' },
  'bytes.out': { ...counter('run', 'Bytes from the target to clients, counted on the wire'), unit: 'bytes' },
  'ack.timeout': counter('measured', 'Acknowledgements that did not arrive in time'),
  errors: counter('run', 'Other errors'),

  cpu: gauge('percent', 'CPU time, in percent of one core'),
  rss: gauge('bytes', 'Resident memory'),
  fds: gauge('1', 'Open descriptors'),
  loopDelay: gauge('ms', 'Event-loop delay, the highest of the second'),
  loopUtilization: gauge('ratio', 'Share of the second in which the event loop was busy'),
  loopStall: gauge('ms', 'The longest time for which the event loop was blocked, measured from another process'),
  'connections.open': gauge('1', 'Connections open at the end of the second'),
  'nodes.imbalance': derived('1', 'Clients of the fullest node over the mean of all nodes: 1 is even'),
  'server.cpu': gauge('percent', 'CPU of one node of the server, of one core'),
  'server.rss': gauge('bytes', 'Resident memory of one node of the server'),
  'server.heap': gauge('bytes', 'Heap in use'),
  'server.gcPause': gauge('ms', 'Time spent in garbage collection in the second'),
  'server.clients': gauge('1', 'Connected clients'),
  'server.bufferedBytes': gauge('bytes', 'Bytes queued for clients'),
  'server.evicted': gauge('1', 'Slow clients disconnected so far'),

  'capacity.confirmed': derived(
    '1',
    'The highest level that was confirmed: users, messages a second, or users of a room',
  ),
  'capacity.refuted': derived('1', 'The lowest level that did not hold'),
  'capacity.ratio': derived('1', 'The refuted level over the confirmed one'),
  'capacity.ceiling': derived('1', 'The level that the load generator reaches against a null target'),
  'capacity.recovery': derived('ms', 'From the end of the overload until half of the capacity held again'),

  'messages.rate': derived('1/s', 'Messages sent per second'),
  'delivery.ratio': derived('ratio', 'Delivered pairs over expected pairs'),
  'fallback.connected': derived('ratio', 'Clients that connected and received their own canary message'),
  'fallback.flapping': derived('ratio', 'Clients that kept reconnecting'),
  'reconnect.back': derived('ratio', 'Clients that were connected when a fault was over'),
  'recovery.share': derived('ratio', 'Clients that came back to the session they had, of those that lost their link'),
  'reconnect.deaf': derived('1', 'Clients that reconnected but received nothing in the room'),
  'reconnect.peakRate': derived('1/s', 'Connection attempts per second in the busiest tenth of a second'),
  'bytes.perDelivery': derived('bytes', 'Bytes on the wire, both directions, per delivered message'),
  'server.cpuPerDelivery': derived('ms', 'Server CPU per message delivered to probes or crowd'),
} as const satisfies Readonly<Record<string, MetricKind>>;

export type MetricName = keyof typeof catalogue;

export function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(catalogue, name);
}
