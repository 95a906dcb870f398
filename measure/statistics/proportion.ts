import { randomOf } from '../../base/random.ts';
import type { Interval } from './bootstrap.ts';
import { quantileOfSorted } from './quantile.ts';

const REPLICATES = 400;

/**
 * How far a share that was seen in `of` independent cases may be off, 95 %: a parametric bootstrap, from half a case more on
 * either side (Jeffreys), so that all or none of a few is not taken for certain. The same seed gives the same.
 */
export function proportionInterval(count: number, of: number, seed: string): Interval | null {
  if (of === 0) return null;
  const random = randomOf(seed, 'proportion');
  const share = (count + 0.5) / (of + 1);
  const drawn = Float64Array.from({ length: REPLICATES }, () => {
    let hits = 0;
    for (let i = 0; i < of; i++) if (random() < share) hits++;
    return hits / of;
  }).sort();
  return { low: quantileOfSorted(drawn, 0.025), high: quantileOfSorted(drawn, 0.975), replicates: [...drawn] };
}
