import type { RunStore } from '../run-store.ts';
import { type Digest, digestOf, type Finished, isSound, runningDigest } from './run-digest.ts';

/** Digests of all runs of a store; those that are over are read once. */
export class Digests {
  readonly #store: RunStore;
  readonly #known = new Map<string, { readonly stamp: string; readonly digest: Digest }>();

  constructor(store: RunStore) {
    this.#store = store;
  }

  /** All of them; those whose records cannot be read within so many ms are left unread until the next call, but one. */
  all(withinMs = Number.POSITIVE_INFINITY): Digest[] {
    const until = performance.now() + withinMs;
    const runs = this.#store.all();
    const names = new Set(runs.map(({ name }) => name));
    for (const name of this.#known.keys()) if (!names.has(name)) this.#known.delete(name);
    let hasRead = false;
    // Names begin with the time by default: the newest are read first.
    return runs.toReversed().map(({ name, run, seconds }): Digest => {
      if (run.state === 'running') return runningDigest(name, run.plan, seconds);
      if (run.state !== 'finished') return { name, ...run };
      const known = this.#known.get(name);
      if (known?.stamp === run.stamp) return known.digest;
      if (hasRead && performance.now() > until) return { name, state: 'unread' };
      hasRead = true;
      const digest = digestOf(name, run.record);
      this.#known.set(name, { stamp: run.stamp, digest });
      return digest;
    });
  }
}

/** The last sound run before one that is like it. */
export function previousTo(name: string, digests: readonly Digest[]): Finished | undefined {
  const finished = digests.filter((one) => one.state === 'finished');
  const own = finished.find((one) => one.name === name);
  if (!own) return undefined;
  return finished
    .filter((one) => one.likeness === own.likeness && one.startedAt < own.startedAt && isSound(one))
    .reduce<Finished | undefined>((last, one) => (last && last.startedAt > one.startedAt ? last : one), undefined);
}
