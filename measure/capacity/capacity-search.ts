import { holdsWithConfidence, windowsToConfirm } from './confirmation.ts';
import { type Decision, SequentialTest } from './sequential-test.ts';

/** What is searched for, and how surely it is to be known. */
export interface SearchPlan {
  /** The first level that is tried, and the highest that is. */
  readonly from: number;
  readonly most: number;
  /** Levels are multiples of it. */
  readonly unit: number;
  /** How far apart the highest level that held and the lowest that did not may be, as a ratio. */
  readonly precision: number;
  /** The share of windows that have to hold, and how sure that is to be. */
  readonly good: number;
  readonly confidence: number;
  /** The second from which on the search ends with what it has. */
  readonly until: number;
}

/**
 * `double`: each level is twice the one before, until one does not hold. `bisect`: between the two. `confirm`: the highest that
 * held, for as long as it takes. `rest`: after a level that did not hold, what is left of it passes at half of what did, or at next to nothing.
 * `overload`, `release`: a quarter more than the lowest that did not hold, then half of what was confirmed.
 */
export type Stage = 'double' | 'bisect' | 'confirm' | 'rest' | 'overload' | 'release';

/** What the search wants to see next. */
export interface SearchStep {
  readonly stage: Stage;
  readonly level: number;
}

/** A window of a level that is over; `held` is null where the load generator was not healthy: it says nothing of the target. */
export interface SeenWindow extends SearchStep {
  readonly held: boolean | null;
  /** When it was over, seconds since the run's start. */
  readonly to: number;
}

/** What a search came to. */
export interface SearchResult {
  /** The highest level that was confirmed; null where none was. */
  readonly confirmed: number | null;
  /** The lowest level that did not hold; null where every one did. */
  readonly refuted: number | null;
  /** Windows at the confirmed level, and how many of them held. */
  readonly windows: { readonly seen: number; readonly held: number };
  /** How sure it is that as many windows hold as they have to; below what was asked for where time ran out. */
  readonly confidence: number;
  /** Why it ended. */
  readonly end: 'confirmed' | 'timeIsUp' | 'generator' | 'nothingHeld' | 'most';
  /** Whether half of the capacity held again after the overload; null where that was not seen. */
  readonly recovered: boolean | null;
  /** Whether it was the load generator that went no further at some level. */
  readonly isGeneratorBound: boolean;
}

export type SearchState = { readonly next: SearchStep } | { readonly result: SearchResult };

/** A level at which the generator was not healthy so often in a row says no more. */
const MOST_UNHEALTHY = 3;
const OVERLOAD_WINDOWS = 2;
const OVERLOAD = 1.25;
/** How many windows the target has to recover: at the first level of a rest, at next to nothing, and from the overload. */
const REST_WINDOWS = 3;
const LONGEST_REST_WINDOWS = 30;
const RELEASE_WINDOWS = 8;

/**
 * What to look at after the windows seen so far, or what they come to: a pure function of both. Windows are told in the order of
 * time; those of another level than was wanted are passed over.
 */
export function searchAfter(plan: SearchPlan, windows: readonly SeenWindow[]): SearchState {
  const search = new Search(plan);
  for (const window of windows) search.see(window);
  return search.state();
}

class Search {
  readonly #plan: SearchPlan;
  #step: SearchStep;
  #test: SequentialTest;
  /** The highest level that held, and the lowest that did not. */
  #low = 0;
  #high = Number.POSITIVE_INFINITY;
  #unhealthy = 0;
  #confirming = { seen: 0, held: 0 };
  #confirmed: { readonly level: number; readonly seen: number; readonly held: number } | undefined;
  #recovered: boolean | null = null;
  #isGeneratorBound = false;
  #end: SearchResult['end'] | undefined;
  /** What comes after the rest. */
  #afterRest: SearchStep | undefined;

  constructor(plan: SearchPlan) {
    this.#plan = plan;
    this.#step = { stage: 'double', level: Math.min(this.#rounded(plan.from), plan.most) };
    this.#test = this.#newTest();
  }

  state(): SearchState {
    if (this.#end === undefined) return { next: this.#step };
    const { level, seen, held } = this.#confirmed ?? { level: null, seen: 0, held: 0 };
    return {
      result: {
        confirmed: level,
        refuted: Number.isFinite(this.#high) ? this.#high : null,
        windows: { seen, held },
        confidence: holdsWithConfidence(held, seen, this.#plan.good),
        end: this.#end,
        recovered: this.#recovered,
        isGeneratorBound: this.#isGeneratorBound,
      },
    };
  }

  see({ stage, level, held, to }: SeenWindow): void {
    if (this.#end !== undefined || stage !== this.#step.stage || level !== this.#step.level) return;
    if (stage === 'rest') this.#rest(held === true);
    else if (held === null) {
      this.#unhealthy++;
      if (this.#unhealthy >= MOST_UNHEALTHY) this.#stopAtGenerator();
    } else {
      this.#unhealthy = 0;
      this.#judge(held);
    }
    if (this.#end === undefined && to >= this.#plan.until) this.#endInTime();
  }

  #judge(held: boolean): void {
    const { stage, level } = this.#step;
    if (stage === 'overload') return this.#overload();
    if (stage === 'release') return this.#release(held);
    const decision = this.#test.add(held);
    if (stage === 'confirm') return this.#confirm(held, decision);
    // On the way up, a level that held for once is no limit.
    const passes = decision === 'holds' || (stage === 'double' && held && this.#test.seen === 1);
    if (passes) this.#low = Math.max(this.#low, level);
    else if (decision === 'fails') this.#high = Math.min(this.#high, level);
    else return;
    this.#goOn();
    if (!passes) this.#restFirst();
  }

  /** Has the target rest before the step that is next. */
  #restFirst(): void {
    if (this.#end !== undefined) return;
    this.#afterRest = this.#step;
    this.#go('rest', this.#rounded(this.#low / 2));
  }

  #rest(held: boolean): void {
    this.#test.add(held);
    const { unit } = this.#plan;
    const isLeast = this.#step.level <= unit;
    if (!held && this.#test.seen < (isLeast ? LONGEST_REST_WINDOWS : REST_WINDOWS)) return;
    // One that stays stuck has a backlog: next to nothing is sent until it has worked that off.
    if (!held && !isLeast) return this.#go('rest', unit);
    const { stage, level } = this.#afterRest!;
    this.#go(stage, level);
  }

  /** The next level, now that one was decided. */
  #goOn(): void {
    const { most, precision, unit } = this.#plan;
    if (!Number.isFinite(this.#high)) {
      if (this.#low >= most) return this.#go('confirm', most);
      return this.#go('double', Math.min(this.#low * 2, most));
    }
    if (this.#low === 0) {
      if (this.#high <= unit) return this.#finish('nothingHeld');
      return this.#go('bisect', this.#rounded(this.#high / 2));
    }
    const between = this.#rounded(Math.sqrt(this.#low * this.#high));
    const isClose = this.#high / this.#low <= precision || between <= this.#low || between >= this.#high;
    if (isClose) this.#go('confirm', this.#low);
    else this.#go('bisect', between);
  }

  #confirm(held: boolean, decision: Decision): void {
    const { good, confidence } = this.#plan;
    this.#confirming.seen++;
    if (held) this.#confirming.held++;
    const { seen, held: heldOnes } = this.#confirming;
    const { level } = this.#step;
    if (holdsWithConfidence(heldOnes, seen, good) >= confidence) {
      this.#confirmed = { level, ...this.#confirming };
      if (!Number.isFinite(this.#high)) return this.#finish(level >= this.#plan.most ? 'most' : 'generator');
      // A little more than what does not hold at times.
      return this.#go('overload', Math.min(this.#rounded(this.#high * OVERLOAD), this.#plan.most));
    }
    const wanted = windowsToConfirm(seen - heldOnes, good, confidence);
    // Too many failures to be made up for by any number of windows that it is worth to wait for.
    if (decision !== 'fails' && wanted <= 2 * windowsToConfirm(0, good, confidence)) return;
    // Only what a test refuted does not hold: this one cannot be told apart from one that does.
    if (decision === 'fails') this.#high = level;
    if (!this.#confirmLower()) this.#finish('nothingHeld');
  }

  /** Whether there is a lower level to be confirmed instead. */
  #confirmLower(): boolean {
    const { precision, unit } = this.#plan;
    const { level } = this.#step;
    const below = Math.min(this.#rounded(level / precision), level - unit);
    if (below < unit) return false;
    this.#low = below;
    this.#go('confirm', below);
    this.#restFirst();
    return true;
  }

  #overload(): void {
    this.#test.add(true);
    if (this.#test.seen >= OVERLOAD_WINDOWS) this.#go('release', this.#rounded(this.#confirmed!.level / 2));
  }

  #release(held: boolean): void {
    this.#test.add(held);
    if (!held && this.#test.seen < RELEASE_WINDOWS) return;
    this.#recovered = held;
    this.#finish('confirmed');
  }

  #go(stage: Stage, level: number): void {
    this.#step = { stage, level };
    this.#test = this.#newTest();
    this.#unhealthy = 0;
    if (stage === 'confirm') this.#confirming = { seen: 0, held: 0 };
  }

  #finish(end: SearchResult['end']): void {
    this.#end = end;
  }

  /** The generator goes no further: what has held is confirmed, or less than that; later on it is the end. */
  #stopAtGenerator(): void {
    const { stage } = this.#step;
    if (this.#confirmed) return this.#finish(Number.isFinite(this.#high) ? 'confirmed' : 'generator');
    this.#isGeneratorBound = true;
    if ((stage === 'double' || stage === 'bisect') && this.#low > 0) {
      this.#go('confirm', this.#low);
      return this.#restFirst();
    }
    if (stage !== 'confirm' || !this.#confirmLower()) this.#finish('generator');
  }

  #endInTime(): void {
    const isConfirmed = this.#confirmed !== undefined;
    if (!isConfirmed) this.#keepLeast();
    this.#finish(isConfirmed ? 'confirmed' : 'timeIsUp');
  }

  #keepLeast(): void {
    const { stage, level } = this.#step;
    if (stage === 'confirm' && this.#confirming.seen > 0) this.#confirmed = { level, ...this.#confirming };
    else if (this.#low > 0) this.#confirmed = { level: this.#low, seen: 0, held: 0 };
  }

  #newTest(): SequentialTest {
    return new SequentialTest(this.#plan.good, 1 - this.#plan.confidence);
  }

  #rounded(level: number): number {
    const { unit } = this.#plan;
    return Math.max(unit, Math.round(level / unit) * unit);
  }
}
