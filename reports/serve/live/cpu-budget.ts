/** How much of a core may be spent, and how much may be spent at once after a rest, ms. */
const SHARE = 0.05;
const MOST_MS = 400;

/**
 * CPU time to spend on viewers: it fills up by a twentieth of the time that goes by. Pure: `now` is in ms, from
 * any clock that never goes back.
 */
export class CpuBudget {
  #ms = MOST_MS;
  #at: number;

  constructor(now: number) {
    this.#at = now;
  }

  /** Takes what was spent until now; how long to wait until there is something to spend again, ms. */
  spend(ms: number, now: number): number {
    this.#ms = Math.min(MOST_MS, this.#ms + (now - this.#at) * SHARE) - ms;
    this.#at = now;
    return Math.max(0, -this.#ms / SHARE);
  }
}
