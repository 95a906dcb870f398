import {
  type Arrival,
  isComplete,
  Ledger,
  type LedgerShape,
  pathTo,
  type Tally,
  type Undelivered,
} from '../ledger/ledger.ts';
import type { Message } from '../ledger/message-stream.ts';
import { TokenReader } from '../ledger/token.ts';
import {
  type Anomaly,
  type BotEvent,
  type Event,
  type EventLine,
  type FaultEvent,
  keptKinds,
  type PresenceEvent,
  type UndeliveredEvent,
} from '../metrics/events.ts';
import { type Labels, metricKey } from '../metrics/metric-key.ts';
import { paths } from '../metrics/paths.ts';
import type { Source } from '../metrics/source.ts';
import { OpenWindows, secondOf, type Window } from '../metrics/window.ts';
import { EventCounts } from './event-counts.ts';
import { Examples } from './examples.ts';
import { LatencySamples, toUs } from './latency-samples.ts';
import { Overheard } from './overheard.ts';
import { ServingNodes } from './serving-nodes.ts';

const noExamples: Readonly<Record<Anomaly, number>> = {
  duplicate: 0,
  reordered: 0,
  corrupted: 0,
  misrouted: 0,
  phantom: 0,
};

const tallyKeys: Readonly<Record<Tally, { readonly name: string; readonly cause?: string }>> = {
  expected: { name: 'delivery.expected' },
  delivered: { name: 'delivery.delivered' },
  recovered: { name: 'delivery.recovered' },
  'missed.offline': { name: 'delivery.missed', cause: 'offline' },
  'missed.left': { name: 'delivery.missed', cause: 'left' },
  'missed.cut': { name: 'delivery.missed', cause: 'cut' },
  'missed.silent': { name: 'delivery.missed', cause: 'silent' },
  lost: { name: 'delivery.lost' },
  unknown: { name: 'delivery.unknown' },
  ok: { name: 'messages.ok' },
  refused: { name: 'messages.refused' },
  info: { name: 'messages.info' },
  complete: { name: 'messages.complete' },
  incomplete: { name: 'messages.incomplete' },
};

/** Who and where there is, and under which labels their counts are kept; the fold adds them up to totals. */
export interface RecorderShape extends LedgerShape {
  /** By room: the labels of its messages and deliveries; none by default. */
  readonly roomLabels?: readonly Labels[];
  /** By bot: the labels of its connections, and of the latency at which it hears; none by default. */
  readonly botLabels?: readonly Labels[];
  /** By room: its name; its number by default. */
  readonly roomNames?: readonly string[];
  /** When the messages are due that examples and recipients are told of, ms; all of them by default. */
  readonly measured?: { readonly from: number; readonly to: number };
}

/** The run that a recorder's tokens belong to. */
export interface RunMark {
  /** {@link hash} of the run's id, or of the part's of a load that is split. */
  readonly run: number;
  /** The marks of all parts of such a load. */
  readonly others?: readonly number[];
}

/**
 * What the probes saw, as windows and events. It has two entries: {@link Recorder.observe} for what is rare, and
 * {@link Recorder.delivered} for arrivals, which allocates nothing. It reads no clock: times are given, in ms since the
 * run's start.
 */
export class Recorder {
  readonly ledger: Ledger;
  readonly #source: Source;
  readonly #run: number;
  readonly #others: ReadonlySet<number>;
  readonly #windows: OpenWindows;
  readonly #token = new TokenReader();
  readonly #lines: EventLine[] = [];
  /** By room; the last is for what belongs to none. */
  readonly #anomalies: readonly Record<Anomaly, number>[];
  /** By room and by the number of the way. */
  readonly #reordered: readonly (readonly number[])[];
  readonly #examples: Examples;
  readonly #latency: LatencySamples;
  readonly #roomNames: readonly string[];
  readonly #bots: number;
  readonly #events: EventCounts;
  readonly #overheard: Overheard;
  /** By room and by the number of the way. */
  readonly #tallies: readonly (readonly Readonly<Record<Tally, number>>[])[];
  readonly #nodes: ServingNodes;
  readonly #ids;

  constructor(source: Source, mark: RunMark, shape: RecorderShape) {
    const windows = new OpenWindows(source);
    const count = (key: string) => windows.counter(key);
    const time = (key: string) => windows.histogram(key);
    this.#source = source;
    this.#run = mark.run;
    this.#others = new Set(mark.others);
    this.#bots = shape.bots;
    this.#windows = windows;
    const rooms = Array.from({ length: shape.rooms }, (_, room) => shape.roomLabels?.[room] ?? {});
    const bots = Array.from({ length: shape.bots }, (_, bot) => shape.botLabels?.[bot] ?? {});
    this.#tallies = rooms.map((labels) =>
      paths.map((path) =>
        mapValues(tallyKeys, ({ name, cause }) => count(metricKey(name, { ...labels, cause, path }))),
      ),
    );
    this.#reordered = rooms.map((labels) =>
      paths.map((path) => count(metricKey('delivery.reordered', { ...labels, path }))),
    );
    this.#nodes = new ServingNodes(windows);
    this.#anomalies = [...rooms, {}].map((labels) =>
      mapValues(noExamples, (_, anomaly) => count(metricKey(`delivery.${anomaly}`, labels))),
    );
    this.#latency = new LatencySamples(windows, rooms, bots, shape.measured);
    this.#ids = {
      service: time('broadcast.service'),
      catchup: time('broadcast.catchup'),
      boundary: count('delivery.boundary'),
      foreign: count('messages.foreign'),
      crossShard: count('delivery.crossShard'),
      crossShardLatency: time(metricKey('broadcast.latency', { path: 'cross-shard' })),
    } as const;
    this.#events = new EventCounts(windows, rooms, bots);
    this.#overheard = new Overheard(shape.bots, shape.rooms);
    this.#roomNames = rooms.map((_, room) => shape.roomNames?.[room] ?? String(room));
    this.#examples = new Examples(shape.measured);
    this.ledger = new Ledger(
      shape,
      (what, room, second, n, path) => windows.addIn(this.#tallies[room]![path]![what], second, n),
      (message, bot, what) => this.#undelivered(message, bot, what),
    );
  }

  /** Something rare happened. */
  observe(event: BotEvent | FaultEvent | PresenceEvent): void {
    this.#events.count(event);
    this.#tellLedger(event);
    if (keptKinds.has(event.kind)) this.#keep(event.at, event);
  }

  /** A fault that another source records began or ended: the ledger has to know. */
  observeFault(fault: FaultEvent): void {
    this.#tellLedger(fault);
  }

  /** A text arrived at a bot, over the transport with this number in `transports`. */
  delivered(bot: number, transport: number, text: string, at: number): void {
    const token = this.#token;
    const ids = this.#ids;
    const windows = this.#windows;
    const now = secondOf(at);
    const status = token.read(text);
    windows.addIn(this.#nodes.arrivedAt(this.ledger.links.nodeOf(bot)), now, 1);
    if (status === 'damagedToken') return this.#anomaly('corrupted', now, at, bot, text.length);
    if (status === 'none') return windows.addIn(ids.foreign, now, 1);
    if (token.run !== this.#run) return this.#ofOthers(now, at);
    const second = Math.min(secondOf(token.dueUs / 1000), now);
    if (status === 'damagedText') this.#anomaly('corrupted', second, at, bot);
    if (token.kind === 'crowd' || token.kind === 'canary') return;
    const ledger = this.ledger;
    const arrival = ledger.arrived(bot, token.sender, token.room, token.seq, at);
    if (ledger.reordered) this.#anomaly('reordered', second, at, bot);
    const message = ledger.settled;
    if (!message) return this.#unsettled(arrival, second, at, bot);
    if (token.kind === 'closing') return;
    if (arrival === 'recovered' || message.late) windows.recordIn(ids.catchup, second, toUs(at - message.dueAt));
    else if (arrival === 'delivered') {
      const latencyUs = toUs(at - message.dueAt);
      this.#latency.heard(bot, message, transport, latencyUs);
      windows.recordIn(ids.service, second, toUs(at - message.sentAt));
    }
    if (isComplete(message) && message.recovered === 0 && !message.late) this.#latency.reachedAll(message);
  }

  /** A message of another part of the load, on another clock, or of another run. */
  #ofOthers(now: number, at: number): void {
    const token = this.#token;
    const windows = this.#windows;
    if (!this.#others.has(token.run)) return windows.addIn(this.#ids.foreign, now, 1);
    if (token.kind !== 'probe') return;
    const dueAt = token.dueUs / 1000;
    const second = Math.min(secondOf(dueAt), now);
    windows.addIn(this.#ids.crossShard, second, 1);
    windows.recordIn(this.#ids.crossShardLatency, second, toUs(Math.max(0, at - dueAt)));
  }

  /**
   * A message of the server's own arrived at a bot in a room: `key` tells it from others, `latencyMs` is since the server
   * sent it, by the two clocks, where the payload says when that was.
   */
  overheard(bot: number, room: number, transport: number, key: string, at: number, latencyMs?: number): void {
    const ids = this.#ids;
    const windows = this.#windows;
    windows.addIn(this.#nodes.arrivedAt(this.ledger.links.nodeOf(bot)), secondOf(at), 1);
    const { seq, isNew } = this.#overheard.find(room, key, at);
    const ledger = this.ledger;
    if (isNew) {
      this.#events.countServerMessage(room, at);
      ledger.appeared(room, seq, at);
    }
    const arrival = ledger.overheard(bot, room, seq, at);
    const message = ledger.settled;
    if (!message) {
      if (arrival === 'boundary') windows.addIn(ids.boundary, secondOf(at), 1);
      else windows.addIn(this.#anomalies[room]!.duplicate, secondOf(at), 1);
      return;
    }
    const { second } = message;
    if (arrival === 'recovered') return windows.recordIn(ids.catchup, second, toUs(at - message.dueAt));
    if (latencyMs !== undefined) this.#latency.heard(bot, message, transport, toUs(latencyMs));
    this.#overheard.arrived(room, seq, bot);
    if (!isComplete(message) || message.recovered > 0) return;
    this.#latency.spread(message);
    const reordered = this.#overheard.completed(room, seq);
    if (reordered > 0) windows.addIn(this.#anomalies[room]!.reordered, second, reordered);
  }

  /** A text stood in the history that a bot was given on joining. */
  foundInHistory(bot: number, text: string, at: number): void {
    const token = this.#token;
    if (token.read(text) !== 'whole' || token.run !== this.#run) return;
    if (token.kind === 'crowd' || token.kind === 'canary') return;
    this.ledger.recalled(bot, token.sender, token.room, token.seq, at);
  }

  gauge(key: string, at: number, value: number): void {
    this.#windows.gauge(key, at, value);
  }

  /** Expected pairs of a room that have not arrived yet. */
  open(room: number): number {
    return this.ledger.open(room);
  }

  /** Settles a room in which nothing more is said. */
  settle(room: number): void {
    this.ledger.settle(room);
  }

  /** Settles the ledger; the last windows come with the next flush. */
  close(at: number): void {
    this.ledger.close();
    const recipients = this.#latency.recipients(at, this.#roomNames);
    for (const recipient of recipients) this.#keep(at, recipient);
    this.#keep(at, { kind: 'closed', at });
  }

  /** Hands out the lines for the run's folder since the last flush. */
  flush(): (Window | EventLine)[] {
    return [...this.#windows.flush(), ...this.#lines.splice(0)];
  }

  #tellLedger(event: BotEvent | FaultEvent | PresenceEvent): void {
    const { ledger } = this;
    switch (event.kind) {
      case 'opened':
        return ledger.links.opened(event.bot, event.at);
      case 'disconnected':
        return ledger.links.ended(event.bot);
      case 'onNode':
        return ledger.links.served(event.bot, this.#nodes.numberOf(event.node));
      case 'joined':
        return ledger.links.joined(event.bot, event.room, event.at);
      case 'left':
        return ledger.links.leaving(event.bot, event.room, event.at);
      case 'sent':
        return ledger.sent(event.bot, event.room, event.seq, event.dueAt, event.at, event);
      case 'acked':
        return ledger.acked(event.bot, event.room, event.seq);
      case 'refused': {
        // What had arrived before counts as phantoms; its latency samples stay, since histograms cannot give them back.
        const phantoms = ledger.refused(event.bot, event.room, event.seq);
        if (phantoms > 0) this.#windows.add(this.#anomalies[event.room]!.phantom, event.dueAt, phantoms);
        return;
      }
      case 'faultOn':
        return ledger.links.faultOn(event.bots);
      case 'faultOff':
        return ledger.links.faultOff(event.at, event.bots);
    }
  }

  #unsettled(arrival: Arrival, second: number, at: number, bot: number): void {
    if (arrival === 'boundary') this.#windows.addIn(this.#ids.boundary, second, 1);
    else if (arrival !== 'delivered' && arrival !== 'recovered') this.#anomaly(arrival, second, at, bot);
  }

  /**
   * Counts an anomaly, of the token just read unless that cannot be trusted: then the length of its text is given instead.
   * The first hundred of a kind in the measured interval are kept as examples.
   */
  #anomaly(anomaly: Anomaly, second: number, at: number, bot: number, unreadLength?: number): void {
    const known = unreadLength === undefined;
    const { sender, room, seq } = this.#token;
    const ids = (known ? this.#anomalies[room] : undefined) ?? this.#anomalies.at(-1)!;
    const { settled } = this.ledger;
    const isOnItsWay = anomaly === 'reordered' && settled !== undefined;
    this.#windows.addIn(isOnItsWay ? this.#reordered[room]![pathTo(settled, bot)]! : ids[anomaly], second, 1);
    if (!this.#examples.take(anomaly, second * 1000)) return;
    const message = known ? { sender, room, seq } : null;
    const roomName = known ? this.#roomNames[room] : undefined;
    this.#keep(at, { kind: 'anomaly', at, anomaly, bot, message, roomName, ...(!known && { length: unreadLength }) });
  }

  #undelivered({ sender, room, seq, dueAt }: Message, recipient: number, what: Undelivered): void {
    const [outcome, cause] = what.split('.') as [UndeliveredEvent['outcome'], string | undefined];
    if (!this.#examples.take(outcome, dueAt)) return;
    this.#keep(dueAt, {
      kind: 'undelivered',
      at: dueAt,
      outcome,
      ...(cause !== undefined && { cause }),
      recipient,
      sender: sender < this.#bots ? sender : null,
      room: this.#roomNames[room]!,
      seq,
    });
  }

  #keep(at: number, event: Event): void {
    this.#lines.push({ at: at / 1000, source: this.#source, event });
  }
}

function mapValues<K extends string, A, B>(record: Readonly<Record<K, A>>, f: (value: A, key: K) => B): Record<K, B> {
  const mapped = Object.entries<A>(record).map(([key, value]) => [key, f(value, key as K)]);
  return Object.fromEntries(mapped) as Record<K, B>;
}
