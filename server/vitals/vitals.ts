import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import type { Server } from 'socket.io';
import type { ConnectionErrors } from './connection-errors.ts';
import { bufferedBytes, engineClients } from './engine-clients.ts';

/** How a server is: gauges of the last full second; `connectionErrors` count since the start. */
export interface Vitals {
  /** Wall clock in ms, for show only. */
  readonly at: number;
  readonly uptimeSeconds: number;
  /** Null where it cannot be read, as when descriptors have run out. */
  readonly heapUsedBytes: number | null;
  readonly rssBytes: number | null;
  readonly gcPauseMs: number;
  readonly eventLoopDelay: { readonly p99Ms: number; readonly maxMs: number };
  readonly clients: number;
  readonly transports: { readonly polling: number; readonly websocket: number };
  readonly bufferedBytes: number;
  readonly bufferedPackets: number;
  readonly rooms: number;
  readonly connectionErrors: ConnectionErrors;
}

/** The vitals of one node of several. */
export interface NodeVitals extends Vitals {
  readonly node: string;
}

/** What is counted elsewhere, read once a second. */
export interface Counts {
  readonly connectionErrors: () => ConnectionErrors;
  readonly rooms: () => number;
}

/** Takes the vitals once a second. */
export class VitalsWatch {
  readonly #io: Server;
  readonly #counts: Counts;
  readonly #delay = monitorEventLoopDelay({ resolution: resolutionMs });
  readonly #collector: PerformanceObserver;
  readonly #timer: NodeJS.Timeout;
  #gcPauseMs = 0;
  #latest: Vitals;

  constructor(io: Server, counts: Counts) {
    this.#io = io;
    this.#counts = counts;
    this.#collector = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) this.#gcPauseMs += duration;
    });
    this.#collector.observe({ entryTypes: ['gc'] });
    this.#delay.enable();
    this.#latest = this.#take();
    this.#timer = setInterval(() => {
      this.#latest = this.#take();
    }, 1000);
    this.#timer.unref();
  }

  latest(): Vitals {
    return this.#latest;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#collector.disconnect();
    this.#delay.disable();
  }

  #take(): Vitals {
    const walked = this.#walk();
    const { heapUsed, rss } = memoryUsage();
    const vitals = {
      at: Date.now(),
      uptimeSeconds: Math.round(process.uptime()),
      heapUsedBytes: heapUsed,
      rssBytes: rss,
      gcPauseMs: round(this.#gcPauseMs),
      eventLoopDelay: { p99Ms: lateness(this.#delay.percentile(99)), maxMs: lateness(this.#delay.max) },
      ...walked,
      rooms: this.#counts.rooms(),
      connectionErrors: this.#counts.connectionErrors(),
    };
    this.#gcPauseMs = 0;
    this.#delay.reset();
    return vitals;
  }

  #walk() {
    const transports = { polling: 0, websocket: 0 };
    let bytes = 0;
    let packets = 0;
    for (const client of engineClients(this.#io)) {
      if (client.transport.name === 'websocket') transports.websocket += 1;
      else transports.polling += 1;
      bytes += bufferedBytes(client);
      packets += client.writeBuffer.length;
    }
    const clients = transports.polling + transports.websocket;
    return { clients, transports, bufferedBytes: bytes, bufferedPackets: packets };
  }
}

/** Node reads it from a file: without a free descriptor it throws (EMFILE), which must not end the server. */
function memoryUsage(): { readonly heapUsed: number | null; readonly rss: number | null } {
  try {
    return process.memoryUsage();
  } catch {
    return { heapUsed: null, rss: null };
  }
}

const resolutionMs = 10;

/** Node measures the time between two ticks of a timer, so an idle loop reads the timer's own period: take it off. */
function lateness(nanoseconds: number): number {
  return Math.max(0, round(nanoseconds / 1e6 - resolutionMs));
}

function round(ms: number): number {
  return Number.isFinite(ms) ? Math.round(ms * 100) / 100 : 0;
}
