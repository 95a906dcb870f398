import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

/** How often the loop is probed; the monitor counts it into every delay. */
const RESOLUTION_MS = 10;

/** Watches this thread's event loop between two readings. */
export class LoopMonitor {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #last = performance.eventLoopUtilization();

  constructor() {
    this.#delay.enable();
  }

  /** The share of the time that the loop was busy, and its longest delay in ms, since the last reading. */
  read(): { utilization: number; delayMs: number } {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#last);
    const delayMs = Math.max(0, this.#delay.max / 1e6 - RESOLUTION_MS);
    this.#last = now;
    this.#delay.reset();
    return { utilization, delayMs };
  }
}
