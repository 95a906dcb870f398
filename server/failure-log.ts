const EVERY_MS = 60_000;

/**
 * Says what failed: for each thing at once the first time, then at most once a minute with how often it failed meanwhile,
 * so that a client that provokes a failure cannot flood the log. Times are in ms.
 */
export class FailureLog {
  readonly #log: (line: string) => void;
  readonly #failures = new Map<string, { loggedAt: number; unlogged: number }>();

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  report(what: string, error: unknown, now: number): void {
    const known = this.#failures.get(what);
    if (known && now - known.loggedAt < EVERY_MS) {
      known.unlogged++;
      return;
    }
    this.#failures.set(what, { loggedAt: now, unlogged: 0 });
    const before = known && known.unlogged > 0 ? `, and ${known.unlogged} times since the last line` : '';
    this.#log(
      `Failed to handle \`${what}\`${before}: ${error instanceof Error ? (error.stack ?? error.message) : error}`,
    );
  }
}
