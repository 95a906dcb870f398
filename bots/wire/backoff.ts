const BASE_MS = 1000;
const LONGEST_MS = 5000;
const JITTER = 0.5;

/** How long to wait before each reconnection: as socket.io-client does by default, from 1 s ± 50 % doubling to 5 s. */
export class Backoff {
  #baseMs = BASE_MS;
  #attempts = 0;

  /** The next wait, whole ms. The jitter is cut off with what is above 5 s: it is 5 s exactly there. */
  next(): number {
    const ms = this.#baseMs * 2 ** this.#attempts++;
    const deviation = Math.floor(Math.random() * JITTER * ms);
    const isShorter = Math.random() < 0.5;
    return Math.trunc(Math.min(isShorter ? ms - deviation : ms + deviation, LONGEST_MS));
  }

  /** It worked: the next wait is a first one. */
  reset(): void {
    this.#attempts = 0;
  }

  /** Waits next to nothing for the next time until {@link beUsual}. */
  hurry(): void {
    this.#baseMs = 1;
  }

  beUsual(): void {
    this.#baseMs = BASE_MS;
  }
}
