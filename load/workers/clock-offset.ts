/** How another host's monotonic clock stands to this one's: its time is this one's plus `offsetMs`, give or take `boundMs`. */
export interface ClockOffset {
  readonly offsetMs: number;
  readonly boundMs: number;
}

/** A question and its answer: when it was asked and answered by this host's clock, and the other's time between. */
export interface RoundTrip {
  readonly askedAt: number;
  readonly theirs: number;
  readonly answeredAt: number;
}

/** The offset by the quickest of several round trips: their time lies somewhere within it. Undefined without any. */
export function clockOffset(trips: readonly RoundTrip[]): ClockOffset | undefined {
  const [quickest] = trips.toSorted((a, b) => lengthOf(a) - lengthOf(b));
  if (!quickest) return undefined;
  const { askedAt, theirs, answeredAt } = quickest;
  return { offsetMs: theirs - (askedAt + answeredAt) / 2, boundMs: lengthOf(quickest) / 2 };
}

function lengthOf({ askedAt, answeredAt }: RoundTrip): number {
  return answeredAt - askedAt;
}
