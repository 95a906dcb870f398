/**
 * How sure it is that at least the share `good` of all windows hold, after `held` of `seen` did (exact, by the binomial
 * distribution): were the share lower, as many would hold with a probability of one less this at most.
 */
export function holdsWithConfidence(held: number, seen: number, good: number): number {
  if (seen === 0) return 0;
  let tail = 0;
  for (let k = held; k <= seen; k++)
    tail += Math.exp(logBinomial(seen, k) + k * Math.log(good) + (seen - k) * Math.log(1 - good));
  return Math.max(0, 1 - tail);
}

/** How many windows it takes to be that sure, when so many of them do not hold. */
export function windowsToConfirm(failures: number, good: number, confidence: number): number {
  let seen = failures + 1;
  while (holdsWithConfidence(seen - failures, seen, good) < confidence) seen++;
  return seen;
}

function logBinomial(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i++) sum += Math.log(n - k + i) - Math.log(i);
  return sum;
}
