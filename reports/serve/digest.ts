import type { RunRecord } from '../../measure/run-record.ts';
import type { Standing } from '../../measure/standing.ts';
import { numberOf, verdictWord } from '../sentences.ts';
import type { Shelf } from './shelf.ts';

/** What the index tells of a run. */
export type Digest = { readonly name: string } & (
  | RunDigest
  | {
      readonly state: 'goingOn';
      readonly scenario: string;
      readonly target: string;
      readonly startedAt: string;
    }
  | { readonly state: 'awaited' }
  | { readonly state: 'noRun'; readonly why: string }
);

export interface RunDigest {
  readonly state: 'over';
  readonly scenario: string;
  readonly target: string;
  readonly startedAt: string;
  readonly verdict: ReturnType<typeof verdictWord>;
  readonly isWhole: boolean;
  /** ms; null where too few messages stand behind it. */
  readonly p99: number | null;
  readonly p99BySecond: readonly (number | null)[];
  readonly lost: number;
  readonly expected: number;
}

/** Digests of all runs of a shelf; those that are over are read once. */
export class Digests {
  readonly #shelf: Shelf;
  readonly #known = new Map<string, { readonly stamp: string; readonly digest: Digest }>();

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
  }

  all(): Digest[] {
    const names = this.#shelf.names();
    for (const name of this.#known.keys()) if (!names.includes(name)) this.#known.delete(name);
    return names.map((name) => this.#of(name));
  }

  #of(name: string): Digest {
    const look = lookAt(this.#shelf, name);
    if (look.state === 'goingOn') return { name, state: look.state, ...settingOf(look.plan) };
    if (look.state !== 'over') return { name, ...look };
    const known = this.#known.get(name);
    if (known?.stamp === look.stamp) return known.digest;
    const digest = digestOf(name, look.record);
    this.#known.set(name, { stamp: look.stamp, digest });
    return digest;
  }
}

/** A look that never throws: what cannot be looked at is no run. */
export function lookAt(shelf: Shelf, name: string): Standing {
  try {
    return shelf.look(name);
  } catch (error) {
    return { state: 'noRun', why: (error as Error).message };
  }
}

function digestOf(name: string, read: () => RunRecord): Digest {
  try {
    const record = read();
    const latency = record.metrics['broadcast.latency'];
    return {
      name,
      state: 'over',
      ...settingOf(record),
      verdict: verdictWord(record),
      isWhole: record.state === 'complete',
      p99: latency && 'p99' in latency && latency.count > 0 ? latency.p99 : null,
      p99BySecond: record.timeline.latency.p99,
      lost: numberOf(record, 'delivery.lost'),
      expected: numberOf(record, 'delivery.expected'),
    };
  } catch (error) {
    return { name, state: 'noRun', why: (error as Error).message };
  }
}

function settingOf({ scenario, target, startedAt }: Pick<RunRecord, 'scenario' | 'target' | 'startedAt'>) {
  const where = target.kind === 'embedded' ? 'reference chat' : target.origin;
  return { scenario: scenario.name, target: where, startedAt };
}
