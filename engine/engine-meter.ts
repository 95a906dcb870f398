import type { LinkChange } from '../bots/chat-socket.ts';
import type { Events } from './artillery.ts';

/** Names of what is measured, in Artillery's terms; times in ms. */
export const metrics = {
  connect: 'socketio.connect_time',
  reconnect: 'socketio.reconnect_time',
  upgrade: 'socketio.upgrade_time',
  ack: 'socketio.ack_time',
  response: 'socketio.response_time',
  broadcast: 'socketio.broadcast_latency',
  emitted: 'socketio.emit',
  emitRate: 'socketio.emit_rate',
  received: 'socketio.received',
  duplicates: 'socketio.duplicates',
  gaps: 'socketio.gaps',
} as const;

/** Samples that are handed on in one second, of a kind: Artillery keeps each in memory until its period ends. */
const MOST_SAMPLES = 200;
const SECOND_MS = 1000;

/**
 * Measures for Artillery. Counters are added up and handed on once a second; of what is measured more often than 200 times in a
 * second, 200 samples that stand for all: every n-th of them by size.
 */
export class EngineMeter {
  readonly #events: Events;
  readonly #counts = new Map<string, number>();
  readonly #samples = new Map<string, number[]>();
  #timer: NodeJS.Timeout | undefined;

  constructor(events: Events) {
    this.#events = events;
  }

  count(name: string, n = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + n);
    this.#flushSoon();
  }

  time(name: string, ms: number): void {
    const samples = this.#samples.get(name);
    if (samples) samples.push(ms);
    else this.#samples.set(name, [ms]);
    this.#flushSoon();
  }

  /** Why something failed. */
  fail(reason: string): void {
    this.#events.emit('error', reason);
  }

  /** Follows one connection. */
  link(): (change: LinkChange) => void {
    let [startedAt, openedAt, lostAt] = [0, 0, Number.NaN];
    return (change) => {
      const now = performance.now();
      if (change.kind === 'connecting') startedAt = now;
      else if (change.kind === 'opened') {
        openedAt = now;
        this.count(`socketio.opened.${change.transport}`);
      } else if (change.kind === 'upgraded') {
        this.count(`socketio.upgraded.${change.transport}`);
        this.time(metrics.upgrade, now - openedAt);
      } else if (change.kind === 'upgradeFailed') this.count('socketio.upgrades_failed');
      else if (change.kind === 'connected') {
        this.count('socketio.connected');
        if (change.recovered) this.count('socketio.recovered');
        this.time(metrics.connect, now - startedAt);
        if (!Number.isNaN(lostAt)) this.time(metrics.reconnect, now - lostAt);
        lostAt = Number.NaN;
      } else if (change.kind === 'disconnected' && !change.byClient) {
        lostAt = now;
        this.count(`socketio.disconnected.${change.reason.replaceAll(' ', '_')}`);
      } else if (change.kind === 'connectFailed' && !Number.isNaN(lostAt)) this.fail(change.reason);
    };
  }

  #flushSoon(): void {
    this.#timer ??= setTimeout(() => this.flush(), SECOND_MS).unref();
  }

  /** Hands on what was measured since the last time. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [name, n] of this.#counts) this.#events.emit('counter', name, n);
    for (const [name, samples] of this.#samples)
      for (const ms of representative(samples)) this.#events.emit('histogram', name, ms);
    this.#counts.clear();
    this.#samples.clear();
  }
}

/** At most 200 of the samples, evenly spread over their order by size. */
function representative(samples: number[]): readonly number[] {
  if (samples.length <= MOST_SAMPLES) return samples;
  samples.sort((a, b) => a - b);
  const step = samples.length / MOST_SAMPLES;
  return Array.from({ length: MOST_SAMPLES }, (_, i) => samples[Math.floor((i + 0.5) * step)]!);
}
