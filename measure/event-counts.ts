import type { BotEvent, FaultEvent } from './events.ts';
import { metricKey } from './keys.ts';
import { Reasons } from './reasons.ts';
import type { OpenWindows } from './window.ts';

/** Counts and times of everything that happens to bots beside arrivals. */
export class EventCounts {
  readonly #windows: OpenWindows;
  readonly #reasons = new Reasons();
  readonly #ids;

  constructor(windows: OpenWindows) {
    this.#windows = windows;
    this.#ids = {
      scheduled: windows.counter('messages.scheduled'),
      sent: windows.counter('messages.sent'),
      dropped: windows.counter('messages.dropped'),
      ackTimeout: windows.counter('ack.timeout'),
      lag: windows.histogram('generator.lag'),
      ack: windows.histogram('ack.latency'),
    } as const;
  }

  count(event: BotEvent | FaultEvent): void {
    const windows = this.#windows;
    const ids = this.#ids;
    switch (event.kind) {
      case 'scheduled':
        return windows.add(ids.scheduled, event.dueAt);
      case 'dropped':
        return windows.add(ids.dropped, event.dueAt);
      case 'sent':
        windows.add(ids.sent, event.dueAt);
        return windows.record(ids.lag, event.dueAt, event.at - event.dueAt);
      case 'acked':
        return windows.record(ids.ack, event.dueAt, event.at - event.sentAt);
      case 'ackTimedOut':
        return windows.add(ids.ackTimeout, event.dueAt);
      case 'connecting':
        return this.#add(event.at, 'connections.attempted');
      case 'opened':
        return this.#time(event.at, 'connect.transport', event.afterMs);
      case 'connected':
        this.#add(event.at, 'connections.established');
        this.#time(event.at, 'connect.namespace', event.openedAgoMs);
        return this.#time(event.at, 'connect.time', event.afterMs);
      case 'connectFailed':
        return this.#add(event.at, metricKey('connections.failed', { reason: this.#reasons.nameOf(event.reason) }));
      case 'upgraded':
        return this.#time(event.at, 'upgrade.time', event.openedAgoMs);
      case 'upgradeFailed':
        return this.#add(event.at, 'upgrades.failed');
      case 'disconnected':
        return this.#add(event.at, metricKey('disconnects', { reason: this.#reasons.nameOf(event.reason) }));
      case 'reconnected':
        this.#add(event.at, 'reconnect.count');
        if (event.recovered) this.#add(event.at, 'reconnect.recovered');
        return this.#time(event.at, 'reconnect.time', event.afterMs);
      case 'refused':
        return this.#add(event.at, metricKey('errors', { reason: `refused: ${this.#reasons.nameOf(event.reason)}` }));
      case 'joinFailed':
        return this.#add(event.at, metricKey('errors', { reason: this.#reasons.nameOf(event.reason) }));
    }
  }

  #add(at: number, key: string): void {
    this.#windows.add(this.#windows.counter(key), at);
  }

  #time(at: number, key: string, ms: number): void {
    this.#windows.record(this.#windows.histogram(key), at, ms);
  }
}
