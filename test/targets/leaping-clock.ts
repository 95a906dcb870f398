import { hostNow } from '../../bots/clock.ts';

/** A clock that stands at 0 until it leaps, and goes from there: a plan need not guess how long it takes to connect. */
export class LeapingClock {
  startAt = Number.NaN;

  leap(toMs: number): void {
    this.startAt = hostNow() - toMs;
  }

  read(): number {
    return Number.isNaN(this.startAt) ? 0 : hostNow() - this.startAt;
  }
}
