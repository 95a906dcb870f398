/** Says whether one more is allowed now; `now` is in ms. */
export type Allowance = (now: number) => boolean;

/** A token bucket: `perSecond` on average, bursts of as many and at least `burst`. 0 per second is without limit. */
export function allowance(perSecond: number, burst = 1): Allowance {
  if (perSecond === 0) return () => true;
  const most = Math.max(perSecond, burst);
  let left = most;
  let last = Number.NEGATIVE_INFINITY;
  return (now) => {
    left = Math.min(most, left + (Math.max(0, now - last) * perSecond) / 1000);
    last = now;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
