export type Decision = 'holds' | 'fails' | undefined;

/** A level of which so few windows hold is one that does not. */
const POOR = 0.4;
/** Sums of logarithms that come to the limit exactly may miss it by a little. */
const ROUNDING = 1e-9;

/**
 * Wald's sequential probability ratio test over windows that hold or do not: whether the share of those that hold is `good`, or as
 * poor as two fifths; it is wrong with a probability of `error` either way.
 */
export class SequentialTest {
  readonly #good: number;
  readonly #limit: number;
  #ratio = 0;
  #seen = 0;

  constructor(good: number, error: number) {
    this.#good = good;
    this.#limit = Math.log((1 - error) / error);
  }

  get seen(): number {
    return this.#seen;
  }

  /** What is decided after one more window; undefined where it is open. */
  add(held: boolean): Decision {
    this.#seen++;
    this.#ratio += held ? Math.log(this.#good / POOR) : Math.log((1 - this.#good) / (1 - POOR));
    if (this.#ratio >= this.#limit - ROUNDING) return 'holds';
    return this.#ratio <= ROUNDING - this.#limit ? 'fails' : undefined;
  }
}
