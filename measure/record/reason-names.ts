const MOST = 24;
/** Behind a host's address: of a connection that was reset, the port is the client's own, another each time. */
const LOCAL_PORT = /(ECONNRESET \S+?):\d+$/;

/** The reasons that a target gave. Beyond two dozen different ones they go by one name, so that it cannot flood a run. */
export class Reasons {
  readonly #known = new Set<string>();

  /** The name under which to count a reason: itself, or `other`. */
  nameOf(told: string): string {
    const reason = told.replace(LOCAL_PORT, '$1');
    if (this.#known.size < MOST) this.#known.add(reason);
    return this.#known.has(reason) ? reason : 'other';
  }
}
