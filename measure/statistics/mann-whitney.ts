/**
 * The Mann-Whitney U test, as Go's benchstat uses it: whether the values of one set tend to lie above those of another,
 * whatever their distribution. Exact up to 25 values a side, by the permutation distribution of the rank sum given the
 * ties at hand (Klotz 1966, "The Wilcoxon, Ties, and the Computer"); beyond that by the normal approximation with
 * corrections for ties and continuity.
 */

/** `p` is two-sided. `above` is the share of pairs in which the value of `b` lies above that of `a`, ties as a half. */
export interface MannWhitney {
  readonly p: number;
  readonly above: number;
}

/** Tests `a` against `b`; null where either is empty. Where all values are equal, `p` is 1. */
export function mannWhitney(a: readonly number[], b: readonly number[]): MannWhitney | null {
  if (a.length === 0 || b.length === 0) return null;
  const { doubled, ties } = ranksOf([...a, ...b]);
  const sum = doubled.slice(0, a.length).reduce((total, rank) => total + rank, 0);
  const pairs = a.length * b.length;
  const u = sum / 2 - (a.length * (a.length + 1)) / 2;
  const exact = a.length <= EXACT_LIMIT && b.length <= EXACT_LIMIT;
  const p = exact ? exactP(doubled, a.length, sum) : normalP(u, a.length, b.length, ties);
  return { p, above: 1 - u / pairs };
}

/**
 * How many of the sorted pairwise differences (or ratios) between `m` and `n` values to leave out at either end, so that
 * what remains spans the interval of Hodges and Lehmann at level 1 − `alpha`: it leaves zero out where the test without
 * ties is significant. Undefined where no interval is that sure.
 */
export function pairsToCut(m: number, n: number, alpha: number): number | undefined {
  let cut = -1;
  if (m > EXACT_LIMIT || n > EXACT_LIMIT) {
    cut = Math.floor((m * n) / 2 - 0.5 - quantileOfNormal(1 - alpha / 2) * Math.sqrt((m * n * (m + n + 1)) / 12));
  } else {
    const ways = waysToSum(
      Array.from({ length: m + n }, (_, i) => 2 * (i + 1)),
      m,
    );
    const all = ways.reduce((total, count) => total + count, 0);
    let below = 0;
    for (let u = 0; u <= m * n; u++) {
      below += ways[m * (m + 1) + 2 * u]!;
      if ((2 * below) / all > alpha) break;
      cut = u;
    }
  }
  return cut < 0 ? undefined : cut + 1;
}

const EXACT_LIMIT = 25;

/** Ranks from 1, doubled so that the mean rank of ties is whole, and Σ(t³ − t) over groups of t ties. */
function ranksOf(values: readonly number[]): { doubled: number[]; ties: number } {
  const order = values.map((_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const doubled = new Array<number>(values.length);
  let ties = 0;
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (const i of order.slice(from, to)) doubled[i] = from + 1 + to;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  return { doubled, ties };
}

function exactP(doubled: readonly number[], size: number, sum: number): number {
  const ways = waysToSum(doubled, size);
  const total = (part: Float64Array) => part.reduce((all, count) => all + count, 0);
  const tail = Math.min(total(ways.subarray(0, sum + 1)), total(ways.subarray(sum)));
  return Math.min(1, (2 * tail) / total(ways));
}

/** In how many ways `size` of the ranks add up to each sum: a row of Pascal's triangle, spread out by sum. */
function waysToSum(ranks: readonly number[], size: number): Float64Array {
  const highest = [...ranks].sort((a, b) => b - a).slice(0, size);
  const length = highest.reduce((sum, rank) => sum + rank, 0) + 1;
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(length));
  ways[0]![0] = 1;
  for (const rank of ranks) {
    for (let chosen = size; chosen > 0; chosen--) {
      const including = ways[chosen]!;
      const excluding = ways[chosen - 1]!;
      for (let sum = rank; sum < length; sum++) including[sum] = including[sum]! + excluding[sum - rank]!;
    }
  }
  return ways[size]!;
}

function normalP(u: number, m: number, n: number, ties: number): number {
  const all = m + n;
  const deviation = Math.sqrt(((m * n) / 12) * (all + 1 - ties / (all * (all - 1))));
  const distance = Math.max(0, Math.abs(u - (m * n) / 2) - 0.5);
  return deviation === 0 ? 1 : Math.min(1, 2 * upperTailOfNormal(distance / deviation));
}

/** P(Z > z) for z ≥ 0, to 1e-7: Abramowitz and Stegun 26.2.17. */
function upperTailOfNormal(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
}

/** The z below which a share of at least a half lies, by bisection. */
function quantileOfNormal(share: number): number {
  let low = 0;
  let high = 10;
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (upperTailOfNormal(middle) > 1 - share) low = middle;
    else high = middle;
  }
  return high;
}
