import type { BotEvent, FaultEvent, PresenceEvent } from '../metrics/events.ts';
import { type Labels, metricKey } from '../metrics/metric-key.ts';
import type { OpenWindows } from '../metrics/window.ts';
import { Reasons } from './reason-names.ts';

/** What the reasons of refused messages begin with among the errors. */
export const REFUSED = 'refused: ';

/**
 * Counts and times of everything that happens to bots beside arrivals: messages under the labels of their room,
 * connections under those of the bot. Times have no labels here: what a cell's were, the fold tells from the raw events.
 */
export class EventCounts {
  readonly #windows: OpenWindows;
  readonly #reasons = new Reasons();
  readonly #rooms;
  readonly #bots: readonly Labels[];
  readonly #lag: number;
  readonly #ack: number;

  constructor(windows: OpenWindows, rooms: readonly Labels[], bots: readonly Labels[]) {
    this.#windows = windows;
    this.#bots = bots;
    this.#rooms = rooms.map((labels) => ({
      scheduled: windows.counter(metricKey('messages.scheduled', labels)),
      sent: windows.counter(metricKey('messages.sent', labels)),
      dropped: windows.counter(metricKey('messages.dropped', labels)),
      ackTimeout: windows.counter(metricKey('ack.timeout', labels)),
    }));
    this.#lag = windows.histogram('generator.lag');
    this.#ack = windows.histogram('ack.latency');
  }

  /** A message of the server's own: it counts as scheduled and sent as soon as it is heard of. */
  countServerMessage(room: number, at: number): void {
    this.#windows.add(this.#rooms[room]!.scheduled, at);
    this.#windows.add(this.#rooms[room]!.sent, at);
  }

  count(event: BotEvent | FaultEvent | PresenceEvent): void {
    const windows = this.#windows;
    switch (event.kind) {
      case 'scheduled':
        return windows.add(this.#rooms[event.room]!.scheduled, event.dueAt);
      case 'dropped':
        return windows.add(this.#rooms[event.room]!.dropped, event.dueAt);
      case 'sent':
        windows.add(this.#rooms[event.room]!.sent, event.dueAt);
        if (event.late) return;
        return windows.record(this.#lag, event.dueAt, event.at - event.dueAt);
      case 'acked':
        return windows.record(this.#ack, event.dueAt, event.at - event.sentAt);
      case 'ackTimedOut':
        return windows.add(this.#rooms[event.room]!.ackTimeout, event.dueAt);
      case 'connecting':
        return this.#add(event, 'connections.attempted');
      case 'opened':
        return this.#time(event.at, 'connect.transport', event.afterMs);
      case 'connected':
        this.#add(event, 'connections.established');
        this.#time(event.at, 'connect.namespace', event.openedAgoMs);
        return this.#time(event.at, 'connect.time', event.afterMs);
      case 'connectFailed':
        return this.#add(event, 'connections.failed', event.reason);
      case 'upgraded':
        return this.#time(event.at, 'upgrade.time', event.openedAgoMs);
      case 'upgradeFailed':
        return this.#add(event, 'upgrades.failed');
      case 'disconnected':
        return this.#add(event, 'disconnects', event.reason);
      case 'reconnected':
        this.#add(event, 'reconnect.count');
        if (event.recovered) this.#add(event, 'reconnect.recovered');
        return this.#time(event.at, 'reconnect.time', event.afterMs);
      case 'refused':
        return this.#add(event, 'errors', `${REFUSED}${this.#reasons.nameOf(event.reason)}`);
      case 'personaFailed':
      case 'joinFailed':
        return this.#add(event, 'errors', event.reason);
    }
  }

  #add({ at, bot }: BotEvent, name: string, reason?: string): void {
    const labels = { ...this.#bots[bot], ...(reason !== undefined && { reason: this.#reasons.nameOf(reason) }) };
    this.#windows.add(this.#windows.counter(metricKey(name, labels)), at);
  }

  #time(at: number, name: string, ms: number): void {
    this.#windows.record(this.#windows.histogram(name), at, ms);
  }
}
