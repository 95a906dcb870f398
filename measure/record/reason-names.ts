const MOST = 24;

/** The reasons that a target gave. Beyond two dozen different ones they go by one name, so that it cannot flood a run. */
export class Reasons {
  readonly #known = new Set<string>();

  /** The name under which to count a reason: itself, or `other`. */
  nameOf(reason: string): string {
    if (this.#known.size < MOST) this.#known.add(reason);
    return this.#known.has(reason) ? reason : 'other';
  }
}
