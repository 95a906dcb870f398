import { TokenReader } from '../ledger/token.ts';
import type { EventLine } from '../metrics/events.ts';
import { metricKey } from '../metrics/metric-key.ts';
import type { Source } from '../metrics/source.ts';
import { OpenWindows, type Window } from '../metrics/window.ts';
import { REFUSED } from './event-counts.ts';
import type { HeardSequences } from './heard-sequences.ts';
import { Reasons } from './reason-names.ts';
import type { RunMark } from './recorder.ts';

/** The run that a recorder's tokens belong to, and the clock on which their times may be compared. */
export interface CrowdMark extends RunMark {
  /** Hash of this host's boot id; latency is taken only from tokens minted under the same clock. */
  readonly clock: number;
}

/** The histograms of a transport, by number. */
export interface TransportTimes {
  readonly service: number;
  readonly ack: number;
}

/**
 * What the crowd saw. A crowd user cannot know what was sent elsewhere: it follows the probe senders' sequences, and
 * counts deliveries, duplicates and gaps under `by=crowd`, never mixed with the probes' ledger. Times are in ms since
 * the run's start.
 */
export class CrowdRecorder {
  readonly #source: Source;
  readonly #mark: CrowdMark;
  readonly #windows: OpenWindows;
  readonly #token = new TokenReader();
  readonly #lines: EventLine[] = [];
  readonly #reasons = new Reasons();
  readonly #ids;

  constructor(source: Source, mark: CrowdMark) {
    const windows = new OpenWindows(source);
    this.#source = source;
    this.#mark = mark;
    this.#windows = windows;
    this.#ids = {
      sent: windows.counter('messages.sent{by=crowd}'),
      dropped: windows.counter('messages.dropped{by=crowd}'),
      delivered: windows.counter('delivery.delivered{by=crowd}'),
      duplicate: windows.counter('delivery.duplicate{by=crowd}'),
      corrupted: windows.counter('delivery.corrupted{by=crowd}'),
      gapLive: windows.counter('delivery.gap{by=crowd,cause=live}'),
      gapCut: windows.counter('delivery.gap{by=crowd,cause=cut}'),
      foreign: windows.counter('messages.foreign{by=crowd}'),
      established: windows.counter('connections.established{by=crowd}'),
      joined: windows.counter('users.joined'),
      present: windows.counter('users.present'),
      refused: windows.counter('messages.refused{by=crowd}'),
      latency: windows.histogram('broadcast.latency{by=crowd}'),
      service: windows.histogram('broadcast.service{by=crowd}'),
      ack: windows.histogram('ack.latency{by=crowd}'),
      connect: windows.histogram('connect.time{by=crowd}'),
      reconnect: windows.histogram('reconnect.time{by=crowd}'),
    };
  }

  /** Where the times of users on a transport go, besides all users'. */
  timesOver(transport: string): TransportTimes {
    const time = (name: string) => this.#windows.histogram(metricKey(name, { by: 'crowd', transport }));
    return { service: time('broadcast.service'), ack: time('ack.latency') };
  }

  /** A user is connected; `afterMs` is how long its first connection took, where that is known. */
  connected(at: number, afterMs?: number): void {
    this.#windows.add(this.#ids.established, at);
    if (afterMs !== undefined) this.#windows.record(this.#ids.connect, at, afterMs);
  }

  /** A user is connected again, so long after it had noticed that it was not. */
  reconnected(at: number, afterMs: number): void {
    this.#windows.record(this.#ids.reconnect, at, afterMs);
  }

  /** A user joined its room for the first time. */
  joined(at: number): void {
    this.#windows.add(this.#ids.joined, at);
  }

  /** A user left when the crowd was to leave, in its room until then. */
  present(at: number): void {
    this.#windows.add(this.#ids.present, at);
  }

  /** A user was not in its room when the crowd was to leave, or never came that far. */
  absent(at: number, reason: string): void {
    const key = metricKey('users.absent', { reason: this.#reasons.nameOf(reason) });
    this.#windows.add(this.#windows.counter(key), at);
  }

  sent(at: number): void {
    this.#windows.add(this.#ids.sent, at);
  }

  dropped(at: number): void {
    this.#windows.add(this.#ids.dropped, at);
  }

  acked(sentAt: number, at: number, times: TransportTimes): void {
    this.#windows.record(this.#ids.ack, sentAt, at - sentAt);
    this.#windows.record(times.ack, sentAt, at - sentAt);
  }

  refused(at: number, reason: string): void {
    this.#windows.add(this.#ids.refused, at);
    this.failed(at, `${REFUSED}${reason}`);
  }

  disconnected(at: number, reason: string): void {
    this.#countReason(at, 'disconnects', reason);
  }

  /** Something else went wrong at a crowd user. */
  failed(at: number, reason: string): void {
    this.#countReason(at, 'errors', reason);
  }

  #countReason(at: number, name: 'errors' | 'disconnects', reason: string): void {
    const key = metricKey(name, { by: 'crowd', reason: this.#reasons.nameOf(reason) });
    this.#windows.add(this.#windows.counter(key), at);
  }

  /** A text arrived at a crowd user on the link with this number. */
  delivered(heard: HeardSequences, link: number, text: string, at: number, times: TransportTimes): void {
    const token = this.#token;
    const ids = this.#ids;
    const status = token.read(text);
    if (status === 'damagedToken') return this.#windows.add(ids.corrupted, at);
    if (status === 'none' || token.run !== this.#mark.run) return this.#windows.add(ids.foreign, at);
    if (token.kind === 'canary') return;
    const dueAt = Math.min(token.dueUs / 1000, at);
    if (status === 'damagedText') this.#windows.add(ids.corrupted, dueAt);
    const timed = token.clock === this.#mark.clock;
    if (token.kind === 'crowd') {
      if (timed) {
        this.#windows.record(ids.service, dueAt, at - dueAt);
        this.#windows.record(times.service, dueAt, at - dueAt);
      }
    } else {
      if (!heard.note(token.sender, token.room, token.seq, link)) return this.#windows.add(ids.duplicate, dueAt);
      if (heard.gap > 0) this.#windows.add(heard.isSameLink ? ids.gapLive : ids.gapCut, dueAt, heard.gap);
      if (timed) this.#windows.record(ids.latency, dueAt, at - dueAt);
    }
    this.#windows.add(ids.delivered, dueAt);
  }

  /** Something that the server says of itself arrived at a crowd user. */
  overheard(at: number): void {
    this.#windows.add(this.#ids.delivered, at);
  }

  gauge(key: string, at: number, value: number): void {
    this.#windows.gauge(key, at, value);
  }

  /** Marks the source as whole; the last windows come with the next flush. */
  close(at: number): void {
    this.#lines.push({ at: at / 1000, source: this.#source, event: { kind: 'closed', at } });
  }

  flush(): (Window | EventLine)[] {
    return [...this.#windows.flush(), ...this.#lines.splice(0)];
  }
}
