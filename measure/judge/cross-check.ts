type Series = readonly (number | null)[];

/** Who heard the same messages much later than the other, in how many of the seconds that both know. */
export interface Starvation {
  readonly role: 'probes' | 'crowd';
  readonly seconds: number;
  readonly of: number;
}

/** How much later one of them must hear, by its median of a second: by this factor, and by this many ms. */
const FACTOR = 2;
const FLOOR_MS = 10;
/** In what share of the seconds, and in how many at least. */
const SHARE = 0.2;
const LEAST = 3;

/**
 * Holds the crowd's latency against the probes': both hear the same messages of the same senders, so where one of them
 * hears them much later, it is that one which was starved, not the server. Takes medians by second, ms.
 */
export function starvedOf(probes: Series, crowd: Series): Starvation | undefined {
  let of = 0;
  let probesLate = 0;
  let crowdLate = 0;
  for (let second = 0; second < Math.min(probes.length, crowd.length); second++) {
    const [probe, user] = [probes[second], crowd[second]];
    if (probe === null || probe === undefined || user === null || user === undefined) continue;
    of++;
    if (isFar(user, probe)) crowdLate++;
    if (isFar(probe, user)) probesLate++;
  }
  const seconds = Math.max(probesLate, crowdLate);
  if (seconds < LEAST || seconds < SHARE * of) return undefined;
  return { role: probesLate > crowdLate ? 'probes' : 'crowd', seconds, of };
}

function isFar(later: number, sooner: number): boolean {
  return later - sooner > FLOOR_MS && later > FACTOR * sooner;
}
