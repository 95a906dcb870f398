import { pathTo } from '../ledger/ledger.ts';
import type { Message } from '../ledger/message-stream.ts';
import type { RecipientEvent } from '../metrics/events.ts';
import { type Labels, metricKey } from '../metrics/metric-key.ts';
import { paths } from '../metrics/paths.ts';
import { transports } from '../metrics/transports.ts';
import type { OpenWindows } from '../metrics/window.ts';
import { Recipients } from './recipients.ts';

/** When the messages are due that recipients are told of, ms. */
interface Interval {
  readonly from: number;
  readonly to: number;
}

/** How long deliveries took, wherever that is counted: in all, by transport, by room, by the recipient. Allocates nothing. */
export class LatencySamples {
  readonly #windows: OpenWindows;
  readonly #recipients: Recipients;
  readonly #byTransport: readonly number[];
  readonly #byPath: readonly number[];
  /** By bot: the latency at which it hears, under its labels; -1 without any. */
  readonly #byBot: readonly number[];
  /** By room: the same. */
  readonly #byRoom: readonly number[];
  readonly #ids;

  constructor(windows: OpenWindows, rooms: readonly Labels[], bots: readonly Labels[], measured?: Interval) {
    const time = (name: string, labels?: Labels) => windows.histogram(metricKey(name, labels));
    this.#windows = windows;
    this.#recipients = new Recipients(bots.length, measured);
    this.#byBot = bots.map((labels) => (Object.keys(labels).length === 0 ? -1 : time('broadcast.latency', labels)));
    this.#byRoom = rooms.map(({ room }) => (room === undefined ? -1 : time('broadcast.latency', { room })));
    this.#byPath = paths.map((path) => (path === undefined ? -1 : time('broadcast.latency', { path })));
    this.#byTransport = transports.map((transport) => time('broadcast.latency', { transport }));
    this.#ids = {
      latency: time('broadcast.latency'),
      first: time('broadcast.first'),
      median: time('broadcast.median'),
      last: time('broadcast.last'),
      spread: time('broadcast.spread'),
    } as const;
  }

  /** A message arrived at a bot, over the transport with this number in {@link transports}. */
  heard(bot: number, message: Message, transport: number, latencyUs: number): void {
    const { second, room, dueAt } = message;
    const path = this.#byPath[pathTo(message, bot)]!;
    const windows = this.#windows;
    windows.recordIn(this.#ids.latency, second, latencyUs);
    windows.recordIn(this.#byTransport[transport]!, second, latencyUs);
    if (path >= 0) windows.recordIn(path, second, latencyUs);
    if (this.#byBot[bot]! >= 0) windows.recordIn(this.#byBot[bot]!, second, latencyUs);
    if (this.#byRoom[room]! >= 0) windows.recordIn(this.#byRoom[room]!, second, latencyUs);
    this.#recipients.heard(bot, room, dueAt, latencyUs);
  }

  /** A message has reached its last recipient. */
  reachedAll({ second, dueAt, firstAt, medianAt, lastAt }: Message): void {
    const windows = this.#windows;
    windows.recordIn(this.#ids.first, second, toUs(firstAt - dueAt));
    windows.recordIn(this.#ids.median, second, toUs(medianAt - dueAt));
    windows.recordIn(this.#ids.last, second, toUs(lastAt - dueAt));
    windows.recordIn(this.#ids.spread, second, toUs(lastAt - firstAt));
  }

  /** A message of the server's own has: when it was due is not known. */
  spread({ second, firstAt, lastAt }: Message): void {
    this.#windows.recordIn(this.#ids.spread, second, toUs(lastAt - firstAt));
  }

  /** What each bot heard, as events of a moment. */
  recipients(at: number, roomNames: readonly string[]): RecipientEvent[] {
    return this.#recipients.told(at, roomNames);
  }
}

/** Whole microseconds. */
export function toUs(ms: number): number {
  return Math.round(ms * 1000);
}
