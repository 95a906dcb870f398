/**
 * The ledger: who had to get which message, and who did.
 *
 * Each (message, recipient) pair that is expected when the message is handed over ends in exactly one outcome, by the
 * first rule that applies (terms after Jepsen's set-full and total-queue checkers):
 *
 *   1 delivered   it arrived on the link on which the recipient was joined at the hand-over, or was about to join
 *   2 recovered   it arrived otherwise: replay, history, retry
 *   3 unknown     the send ended `info`: neither acknowledged nor seen, and no later message of that link was
 *   4 lost        the recipient's link never ended, it had not left, and any fault on the link was survived
 *   5 missed      the rest: offline, left, cut or silent; at-most-once allows it
 *
 * Outcomes are counted by rule, never by subtraction, so that their sum is a check. Every count is handed to the tally
 * with the room and the second of its message as it becomes known, those of pairs with the way between the nodes, too; a
 * refusal that comes after arrivals takes counts back.
 */

import { CROSS_NODE, paths, SAME_NODE, UNKNOWN_PATH } from '../metrics/paths.ts';
import { secondOf } from '../metrics/window.ts';
import { Links } from './links.ts';
import { DELIVERED, type Message, MessageStream, RECOVERED } from './message-stream.ts';

/** What the ledger counts: the last part of the metric it belongs to. */
export type Tally =
  | 'expected'
  | 'delivered'
  | 'recovered'
  | 'missed.offline'
  | 'missed.left'
  | 'missed.cut'
  | 'missed.silent'
  | 'lost'
  | 'unknown'
  | 'ok'
  | 'refused'
  | 'info'
  | 'complete'
  | 'incomplete';

/** What a pair comes to that did not arrive. */
export type Undelivered = Extract<Tally, 'lost' | 'unknown' | `missed.${string}`>;

/** What an arrival was. The first two settle a pair; `boundary` is no fault, the rest are anomalies. */
export type Arrival = 'delivered' | 'recovered' | 'boundary' | 'duplicate' | 'misrouted' | 'phantom';

/** How a message was sent: `late` if its sender was offline when it was due; `to` is the only bot that should get it. */
export interface How {
  readonly late?: boolean | undefined;
  readonly to?: number | undefined;
}

export interface LedgerShape {
  readonly bots: number;
  readonly rooms: number;
  /** Whether the target sends a message back to its sender. */
  readonly echo: boolean;
}

/** Takes a count; `path` is the number of a pair's way in {@link paths}, the unknown one of what is no pair. */
export type TallyPairs = (what: Tally, room: number, second: number, n: number, path: number) => void;

/** Times are in ms since the run's start; bots, rooms and links are numbers; a bot's links count up from 1. */
export class Ledger {
  readonly links: Links;
  /** The message of the last arrival that settled a pair; undefined after any other. */
  settled: Message | undefined;
  /** Whether the last arrival came behind a later message of its sender in its room on the same link. */
  reordered = false;

  readonly #shape: LedgerShape;
  readonly #tally: TallyPairs;
  readonly #undelivered: (message: Message, bot: number, what: Undelivered) => void;
  readonly #streams: (MessageStream | undefined)[];
  readonly #sends: { count: number; readonly okByLink: number[] }[];
  readonly #open: Int32Array;

  /** `undelivered` is called with every pair that comes to nothing, when its room is settled. */
  constructor(
    shape: LedgerShape,
    tally: TallyPairs,
    undelivered: (message: Message, bot: number, what: Undelivered) => void = () => {},
  ) {
    this.#shape = shape;
    this.#tally = tally;
    this.#undelivered = undelivered;
    this.links = new Links(shape.bots + 1, shape.rooms);
    this.#open = new Int32Array(shape.rooms);
    this.#streams = new Array((shape.bots + 1) * shape.rooms);
    this.#sends = Array.from({ length: shape.bots + 1 }, () => ({ count: 0, okByLink: [] }));
  }

  /** Expected pairs of a room that have not arrived yet. */
  open(room: number): number {
    return this.#open[room]!;
  }

  /** A message was handed over on the sender's present link. Messages of a sender in a room come in the order of `seq`. */
  sent(sender: number, room: number, seq: number, dueAt: number, sentAt: number, { late = false, to }: How = {}): void {
    const stream = this.#stream(sender, room);
    const links = this.links;
    const second = secondOf(dueAt);
    const linkAt = new Int32Array(this.#shape.bots).fill(-1);
    const ways = links.nodeOf(sender) > 0 ? new Uint8Array(this.#shape.bots) : undefined;
    let expected = 0;
    for (let bot = 0; bot < linkAt.length; bot++) {
      if (!links.onRoster(bot, room) || !this.#isMeant(bot, sender, to)) continue;
      if (sender === this.#server && links.nearBoundary(bot, room, sentAt)) continue;
      linkAt[bot] = links.joinedOn(bot, room);
      if (ways) ways[bot] = pathBetween(links.nodeOf(sender), links.nodeOf(bot));
      expected++;
    }
    const message: Message = {
      sender,
      room,
      seq,
      link: links.current(sender),
      order: ++this.#sends[sender]!.count,
      dueAt,
      second,
      sentAt,
      late,
      state: 'pending',
      linkAt,
      got: new Uint8Array(this.#shape.bots),
      paths: ways,
      expected,
      delivered: 0,
      recovered: 0,
      firstAt: 0,
      medianAt: 0,
      lastAt: 0,
    };
    stream.push(seq, message);
    this.#open[room]! += expected;
    this.#tallyPairs('expected', message, 1, (bot) => linkAt[bot]! >= 0);
    stream.retire(sentAt);
  }

  /**
   * A message of the server's own was heard for the first time: everyone in the room should get it, but for those who have
   * just come, and may have been late for it.
   */
  appeared(room: number, seq: number, at: number): void {
    this.sent(this.#server, room, seq, at, at);
    this.acked(this.#server, room, seq);
  }

  /** A message of the server's own arrived. */
  overheard(bot: number, room: number, seq: number, at: number): Arrival {
    return this.arrived(bot, this.#server, room, seq, at);
  }

  acked(sender: number, room: number, seq: number): void {
    const message = this.#find(sender, room, seq);
    if (message) this.#confirm(message);
  }

  /** The server refused a message: no one should get it, and each arrival is a phantom; returns how many there were. */
  refused(sender: number, room: number, seq: number): number {
    const message = this.#find(sender, room, seq);
    if (!message || message.state === 'refused') return 0;
    const { expected, delivered, recovered, linkAt, got } = message;
    if (message.state === 'ok') this.#count('ok', message, -1);
    if (isComplete(message)) this.#count('complete', message, -1);
    this.#count('refused', message, 1);
    this.#tallyPairs('expected', message, -1, (bot) => linkAt[bot]! >= 0);
    this.#tallyPairs('delivered', message, -1, (bot) => got[bot] === DELIVERED);
    this.#tallyPairs('recovered', message, -1, (bot) => got[bot] === RECOVERED);
    this.#open[room]! -= expected - delivered - recovered;
    message.state = 'refused';
    return delivered + recovered;
  }

  /** A message arrived at a bot on its present link. Allocates nothing. */
  arrived(bot: number, sender: number, room: number, seq: number, at: number): Arrival {
    this.settled = undefined;
    this.reordered = false;
    this.links.heard(bot, at);
    const stream = this.#streamOf(sender, room);
    if (!stream || seq >= stream.next) return 'phantom';
    const message = stream.at(seq);
    if (!message) return this.#unexpected(bot, room, at, 'duplicate');
    if (message.state === 'refused') return 'phantom';
    this.#confirm(message);
    if (message.linkAt[bot]! < 0) return this.#unexpected(bot, room, at, 'boundary');
    if (message.got[bot] !== 0) return 'duplicate';
    this.reordered = stream.heard(bot, this.links.current(bot), seq);
    return this.#settle(message, bot, this.#wasLive(message, bot) ? 'delivered' : 'recovered', at);
  }

  /** A message was found in a room's history: it settles a pair that is still open, and is nothing otherwise. */
  recalled(bot: number, sender: number, room: number, seq: number, at: number): void {
    this.settled = undefined;
    const message = this.#find(sender, room, seq);
    if (!message || message.state === 'refused') return;
    this.#confirm(message);
    if (message.linkAt[bot]! >= 0 && message.got[bot] === 0) this.#settle(message, bot, 'recovered', at);
  }

  /** Settles everything that is still open, by the rules; nothing may be told to the ledger afterwards. */
  close(): void {
    for (let room = 0; room < this.#shape.rooms; room++) this.settle(room);
  }

  /** Settles what is still open in a room, by the rules; nothing more may be said in it. */
  settle(room: number): void {
    const { bots, rooms } = this.#shape;
    for (let sender = 0; sender <= bots; sender++) {
      const stream = this.#streams[sender * rooms + room];
      stream?.forEach((message) => this.#closeMessage(message));
      stream?.forget();
    }
    this.#open[room] = 0;
  }

  #isMeant(bot: number, sender: number, to: number | undefined): boolean {
    return bot === sender ? this.#shape.echo || to === sender : to === undefined || bot === to;
  }

  /** The sender of what the server says of itself: a number behind the bots'. */
  get #server(): number {
    return this.#shape.bots;
  }

  #closeMessage(message: Message): void {
    if (message.state === 'pending') this.#closeSend(message);
    if (message.state === 'refused' || message.expected === 0 || isComplete(message)) return;
    this.#count('incomplete', message, 1);
    for (let bot = 0; bot < message.linkAt.length; bot++) {
      if (message.linkAt[bot]! < 0 || message.got[bot] !== 0) continue;
      const fate = this.#fate(message, bot);
      this.#tally(fate, message.room, message.second, 1, pathTo(message, bot));
      this.#undelivered(message, bot, fate);
    }
  }

  /** Rules 3 to 5, for a pair that did not arrive. */
  #fate(message: Message, bot: number): Undelivered {
    const links = this.links;
    if (message.state !== 'ok') return 'unknown';
    if (message.linkAt[bot] === 0) return 'missed.offline';
    if (links.leftAt(bot, message.room) >= message.sentAt) return 'missed.left';
    if (!links.isOpen(bot) || links.current(bot) !== message.linkAt[bot]) return 'missed.cut';
    return links.survived(bot, message.sentAt) ? 'lost' : 'missed.silent';
  }

  /** A pending send is ok when a later message of the same sender on the same link was; else it is unknown. */
  #closeSend(message: Message): void {
    const okUpTo = this.#sends[message.sender]!.okByLink[message.link] ?? 0;
    if (message.order < okUpTo) this.#confirm(message);
    else this.#count('info', message, 1);
  }

  #confirm(message: Message): void {
    if (message.state !== 'pending') return;
    message.state = 'ok';
    const { okByLink } = this.#sends[message.sender]!;
    okByLink[message.link] = Math.max(okByLink[message.link] ?? 0, message.order);
    this.#count('ok', message, 1);
  }

  /** Whether the bot's present link is the one that a message was sent on to: it was joined on it then, or joining. */
  #wasLive({ linkAt, sentAt }: Message, bot: number): boolean {
    const { links } = this;
    return linkAt[bot] === 0 ? links.openedAt(bot) <= sentAt : linkAt[bot] === links.current(bot);
  }

  #settle(message: Message, bot: number, outcome: 'delivered' | 'recovered', at: number): Arrival {
    message.got[bot] = outcome === 'delivered' ? DELIVERED : RECOVERED;
    message[outcome]++;
    const arrived = message.delivered + message.recovered;
    if (arrived === 1) message.firstAt = at;
    if (arrived === (message.expected + 1) >> 1) message.medianAt = at;
    message.lastAt = at;
    this.#open[message.room]!--;
    this.settled = message;
    this.#tally(outcome, message.room, message.second, 1, pathTo(message, bot));
    if (isComplete(message)) this.#count('complete', message, 1);
    return outcome;
  }

  #count(what: Tally, { room, second }: Message, n: number): void {
    this.#tally(what, room, second, n, UNKNOWN_PATH);
  }

  /** Counts `n` for each pair of a message that is meant, by its way. */
  #tallyPairs(what: Tally, message: Message, n: number, isMeant: (bot: number) => boolean): void {
    const { room, second, linkAt } = message;
    const counts = new Int32Array(paths.length);
    for (let bot = 0; bot < linkAt.length; bot++) if (isMeant(bot)) counts[pathTo(message, bot)]!++;
    for (const [path, count] of counts.entries()) if (count > 0) this.#tally(what, room, second, n * count, path);
  }

  /** An arrival that was not expected: at someone in the room it is `inside`, elsewhere it was misrouted. */
  #unexpected(bot: number, room: number, at: number, inside: 'duplicate' | 'boundary'): Arrival {
    if (this.links.nearBoundary(bot, room, at) || this.links.isArriving(bot)) return 'boundary';
    return this.links.onRoster(bot, room) ? inside : 'misrouted';
  }

  #find(sender: number, room: number, seq: number): Message | undefined {
    return this.#streamOf(sender, room)?.at(seq);
  }

  #streamOf(sender: number, room: number): MessageStream | undefined {
    const { bots, rooms } = this.#shape;
    return sender <= bots && room < rooms ? this.#streams[sender * rooms + room] : undefined;
  }

  #stream(sender: number, room: number): MessageStream {
    const at = sender * this.#shape.rooms + room;
    const stream = this.#streams[at] ?? new MessageStream(this.#shape.bots);
    this.#streams[at] = stream;
    return stream;
  }
}

/** The number of the way of a message to a bot, in {@link paths}. */
export function pathTo({ paths: ways }: Message, bot: number): number {
  return ways ? ways[bot]! : UNKNOWN_PATH;
}

function pathBetween(node: number, other: number): number {
  if (other === 0) return UNKNOWN_PATH;
  return node === other ? SAME_NODE : CROSS_NODE;
}

/** Whether every expected recipient has the message. */
export function isComplete(message: Message): boolean {
  return message.expected > 0 && message.delivered + message.recovered === message.expected;
}
