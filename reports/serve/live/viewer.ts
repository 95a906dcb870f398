import type { ServerResponse } from 'node:http';

/** How often something is said in any case, lest a proxy take the connection for dead; how long a viewer may take for what it was sent. */
const patience = { beatMs: 15_000, hungMs: 60_000 };

/**
 * Somebody who listens to a run by server-sent events. Each event tells the whole run so far: one who is slow gets the
 * newest as soon as it has taken in the one before, and what came in between is left out. No more than one event waits.
 */
export class Viewer {
  /** Settles when the other end has gone, or has got everything. */
  readonly gone: Promise<void>;
  readonly #response: ServerResponse;
  readonly #hungMs: number;
  readonly #beating: NodeJS.Timeout;
  #waiting: { readonly event: string; readonly isLast: boolean } | undefined;
  #hung: NodeJS.Timeout | undefined;

  constructor(response: ServerResponse, { beatMs, hungMs } = patience) {
    this.#response = response;
    this.#hungMs = hungMs;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('retry: 2000\n\n');
    this.#beating = setInterval(() => this.#isFree() && response.write(': still here\n\n'), beatMs);
    this.gone = new Promise((resolve) => {
      response.once('close', () => {
        clearInterval(this.#beating);
        clearTimeout(this.#hung);
        resolve();
      });
    });
    response.on('drain', () => this.#next());
    response.on('error', () => response.destroy());
  }

  /** `json` is a line. */
  tell(json: string): void {
    this.#waiting = { event: `data: ${json}\n\n`, isLast: false };
    this.#next();
  }

  /** Tells the whole run, and ends. */
  tellFinal(json: string): void {
    this.#waiting = { event: `event: final\ndata: ${json}\n\n`, isLast: true };
    this.#next();
  }

  close(): void {
    this.#response.end();
    this.#response.destroy();
  }

  #isFree(): boolean {
    return !this.#response.writableEnded && !this.#response.writableNeedDrain;
  }

  #next(): void {
    if (!this.#isFree()) return;
    clearTimeout(this.#hung);
    const waiting = this.#waiting;
    if (!waiting) return;
    this.#waiting = undefined;
    this.#hung = setTimeout(() => this.close(), this.#hungMs).unref();
    if (waiting.isLast) this.#response.end(waiting.event);
    else if (this.#response.write(waiting.event)) clearTimeout(this.#hung);
  }
}
