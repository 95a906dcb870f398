/** How often something of ours failed, by what was being done and by the error's code or name. */
export type FailureCounts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/**
 * The one place where what handlers throw is caught: counted, and logged, for each thing at once the first time, then at
 * most once a minute with how often it failed meanwhile, so that a client that provokes a failure cannot flood the log.
 * Times are in ms.
 */
export class Failures {
  readonly #log: (line: string) => void;
  readonly #kinds = new Map<string, { loggedAt: number; unlogged: number; readonly reasons: Map<string, number> }>();

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** Does something; a failure ends here. `what` is one of a few fixed words. Says whether it worked. */
  attempt(what: string, work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      this.report(what, error, performance.now());
      return false;
    }
  }

  report(what: string, error: unknown, now: number): void {
    const kind = this.#kinds.get(what) ?? { loggedAt: Number.NEGATIVE_INFINITY, unlogged: 0, reasons: new Map() };
    this.#kinds.set(what, kind);
    const reason = reasonOf(error);
    const key = kind.reasons.has(reason) || kind.reasons.size < MOST_REASONS ? reason : 'OTHER';
    kind.reasons.set(key, (kind.reasons.get(key) ?? 0) + 1);
    if (now - kind.loggedAt < EVERY_MS) {
      kind.unlogged += 1;
      return;
    }
    const before = kind.unlogged > 0 ? `, and ${kind.unlogged} times since the last line` : '';
    kind.loggedAt = now;
    kind.unlogged = 0;
    this.#log(`Failed to handle \`${what}\`${before}: ${describeFailure(error)}`);
  }

  counts(): FailureCounts {
    return Object.fromEntries([...this.#kinds].map(([what, { reasons }]) => [what, Object.fromEntries(reasons)]));
  }
}

/** What was thrown, with its stack, without the control characters that a client may have put in. */
export function describeFailure(error: unknown): string {
  return printable(error instanceof Error ? (error.stack ?? error.message) : asText(error));
}

const EVERY_MS = 60_000;
const MOST_REASONS = 32;
const MOST_CHARACTERS = 4000;

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as NodeJS.ErrnoException;
  return printable(typeof code === 'string' ? code : error.name).slice(0, 60);
}

/** Anything can be thrown, things that cannot be made a string included. */
function asText(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return typeof thrown;
  }
}

function printable(text: string): string {
  return text.slice(0, MOST_CHARACTERS).replace(/[^\P{Cc}\n]/gu, '\ufffd');
}
