/** What Gunther's Universal Scalability Law makes of throughput against load: X(N) = lambda N / (1 + sigma (N - 1) + kappa N (N - 1)). */
export interface ScalabilityLaw {
  /** Throughput of one unit of load by itself, per second. */
  readonly lambda: number;
  /** Contention: the share of work that waits its turn. */
  readonly sigma: number;
  /** Coherency: what each pair costs. */
  readonly kappa: number;
}

export interface Throughput {
  readonly load: number;
  readonly perSecond: number;
}

const FEWEST = 4;

/**
 * Fits the law by least squares of N / X, which is linear in 1 / lambda, sigma / lambda and kappa / lambda, none of which may be
 * negative. For diagnosis only. Undefined with fewer than four different loads.
 */
export function fitScalability(points: readonly Throughput[]): ScalabilityLaw | undefined {
  const usable = points.filter(({ load, perSecond }) => load > 0 && perSecond > 0);
  if (new Set(usable.map(({ load }) => load)).size < FEWEST) return undefined;
  // Scaled, so that the three columns are of one size.
  const most = Math.max(...usable.map(({ load }) => load));
  const rows = usable.map(({ load }) => [1, (load - 1) / most, (load * (load - 1)) / most ** 2]);
  const values = usable.map(({ load, perSecond }) => load / perSecond);
  const fits = [[0, 1, 2], [0, 1], [0, 2], [0]].flatMap((columns) => leastSquares(rows, values, columns) ?? []);
  const best = fits
    .filter((fit) => fit.every((value) => value >= 0) && fit[0]! > 0)
    .sort((a, b) => residual(rows, values, a) - residual(rows, values, b))[0];
  if (!best) return undefined;
  const [a, b, c] = best as [number, number, number];
  return { lambda: 1 / a, sigma: b / most / a, kappa: c / most ** 2 / a };
}

/** The coefficients of some columns, 0 for the others, as one entry; undefined where there is no one solution. */
function leastSquares(rows: readonly number[][], values: readonly number[], columns: readonly number[]) {
  const n = columns.length;
  const matrix = columns.map((i) => [
    ...columns.map((j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
    rows.reduce((sum, row, k) => sum + row[i]! * values[k]!, 0),
  ]);
  for (let i = 0; i < n; i++) {
    const pivot = matrix[i]![i]!;
    if (Math.abs(pivot) < Number.EPSILON) return undefined;
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      const factor = matrix[j]![i]! / pivot;
      for (let k = i; k <= n; k++) matrix[j]![k]! -= factor * matrix[i]![k]!;
    }
  }
  const found = [0, 0, 0];
  for (const [i, column] of columns.entries()) found[column] = matrix[i]![n]! / matrix[i]![i]!;
  return [found];
}

function residual(rows: readonly number[][], values: readonly number[], fit: readonly number[]): number {
  return rows.reduce((sum, row, k) => sum + (row.reduce((y, x, i) => y + x * fit[i]!, 0) - values[k]!) ** 2, 0);
}
