import { numberOf } from '../../measure/run-record/read-metrics.ts';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import type { RunState } from '../../measure/run-record/run-state.ts';
import { verdictWord } from '../wording/verdict-wording.ts';
import type { RunStore } from './run-store.ts';

/** What the index tells of a run. */
export type Digest = { readonly name: string } & (
  | RunDigest
  | {
      readonly state: 'running';
      readonly scenario: string;
      readonly target: string;
      readonly startedAt: string;
    }
  | { readonly state: 'pending' }
  | { readonly state: 'unreadable'; readonly why: string }
);

export interface RunDigest {
  readonly state: 'finished';
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

/** Digests of all runs of a store; those that are over are read once. */
export class Digests {
  readonly #store: RunStore;
  readonly #known = new Map<string, { readonly stamp: string; readonly digest: Digest }>();

  constructor(store: RunStore) {
    this.#store = store;
  }

  all(): Digest[] {
    const names = this.#store.names();
    for (const name of this.#known.keys()) if (!names.includes(name)) this.#known.delete(name);
    return names.map((name) => this.#of(name));
  }

  #of(name: string): Digest {
    const run = stateIn(this.#store, name);
    if (run.state === 'running') return { name, state: run.state, ...scenarioOf(run.plan) };
    if (run.state !== 'finished') return { name, ...run };
    const known = this.#known.get(name);
    if (known?.stamp === run.stamp) return known.digest;
    const digest = digestOf(name, run.record);
    this.#known.set(name, { stamp: run.stamp, digest });
    return digest;
  }
}

/** The state of a run; what cannot be read is unreadable, and never throws. */
export function stateIn(store: RunStore, name: string): RunState {
  try {
    return store.stateOf(name);
  } catch (error) {
    return { state: 'unreadable', why: (error as Error).message };
  }
}

function digestOf(name: string, read: () => RunRecord): Digest {
  try {
    const record = read();
    const latency = record.metrics['broadcast.latency'];
    return {
      name,
      state: 'finished',
      ...scenarioOf(record),
      verdict: verdictWord(record),
      isWhole: record.state === 'complete',
      p99: latency && 'p99' in latency && latency.count > 0 ? latency.p99 : null,
      p99BySecond: record.timeline.latency.p99,
      lost: numberOf(record, 'delivery.lost'),
      expected: numberOf(record, 'delivery.expected'),
    };
  } catch (error) {
    return { name, state: 'unreadable', why: (error as Error).message };
  }
}

function scenarioOf({ scenario, target, startedAt }: Pick<RunRecord, 'scenario' | 'target' | 'startedAt'>) {
  const where = target.kind === 'embedded' ? 'reference chat' : target.origin;
  return { scenario: scenario.name, target: where, startedAt };
}
