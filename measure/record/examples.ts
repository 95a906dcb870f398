/** Examples of a kind at the most. */
const MOST = 100;

/** Says which of many occurrences are kept as examples: the first hundred of a kind that are due in the measured interval. */
export class Examples {
  readonly #taken = new Map<string, number>();
  readonly #from: number;
  readonly #to: number;

  constructor({ from, to } = { from: 0, to: Number.POSITIVE_INFINITY }) {
    this.#from = from;
    this.#to = to;
  }

  /** Whether this one is kept; `dueAt` in ms. */
  take(kind: string, dueAt: number): boolean {
    if (dueAt < this.#from || dueAt >= this.#to) return false;
    const taken = this.#taken.get(kind) ?? 0;
    if (taken >= MOST) return false;
    this.#taken.set(kind, taken + 1);
    return true;
  }
}
