import { type SearchStep, type SeenWindow, searchAfter } from '../../measure/capacity/capacity-search.ts';
import { WindowJudge } from '../../measure/capacity/window-judge.ts';
import { searchPlanOf } from '../../measure/fold/capacity-fold.ts';
import type { CapacityWindowEvent, EventLine } from '../../measure/metrics/events.ts';
import type { Window } from '../../measure/metrics/window.ts';
import type { RunPlan } from '../../measure/run-record/run-record.ts';
import type { ToCrowd } from '../children/messages.ts';

/** Users that arrive in a second: more would be a storm that says more of handshakes than of chat. */
const ARRIVALS_PER_SECOND = 250;
/** How long a level is left alone once all are there, s. */
const SETTLE_S = 1;
/** How long after its end a window is judged, s: a second for what is late, which is lost then, and one until it is written. */
const GRACE_S = 2;

type Search = NonNullable<RunPlan['search']>;
type LevelEvent = { readonly kind: 'level'; readonly stage: string; readonly level: number; readonly overS: number };

/** What a search works with. */
export interface CapacityControl {
  /** Writes down what it did, and saw. */
  readonly event: (event: LevelEvent | Omit<CapacityWindowEvent, 'at'>) => void;
  readonly tellCrowd: (order: ToCrowd) => void;
  /** Called once, when it has an answer. */
  readonly over: () => void;
}

/** Makes the load of a search: judges each window, asks the search for the next level, and has the crowd go there. */
export class CapacityRun {
  readonly #search: Search;
  readonly #probes: number;
  readonly #control: CapacityControl;
  readonly #judge: WindowJudge;
  readonly #windows: SeenWindow[] = [];
  #step: SearchStep;
  #users: number;
  /** Seconds at which the level was asked for, and at which its next window begins. */
  #since = 0;
  #from: number;
  #isOver = false;

  constructor(plan: RunPlan, search: Search, control: CapacityControl) {
    this.#search = search;
    this.#probes = plan.load.probes;
    this.#control = control;
    this.#judge = new WindowJudge(plan, search.slo);
    this.#step = firstStep(search);
    this.#users = firstCrowd(search, this.#probes).users;
    this.#from = plan.phases.warmup;
    const { stage, level } = this.#step;
    control.event({ kind: 'level', stage, level, overS: 0 });
  }

  /** Takes what was written since, `atS` seconds after the start. */
  advance(lines: readonly (Window | EventLine)[], atS: number): void {
    if (this.#isOver) return;
    this.#judge.add(lines);
    while (!this.#isOver && atS >= this.#from + this.#search.window + GRACE_S) this.#see(atS);
  }

  #see(atS: number): void {
    const { level, stage } = this.#step;
    const [from, to] = [this.#from, this.#from + this.#search.window];
    const seen = this.#judge.judge({ from, to, since: this.#since, users: this.#users });
    this.#since = to;
    this.#control.event({ kind: 'window', stage, level, from, to, ...seen });
    this.#windows.push({ stage, level, held: seen.held, to });
    const state = searchAfter(searchPlanOf(this.#search), this.#windows);
    if ('result' in state) {
      this.#isOver = true;
      return this.#control.over();
    }
    const { next } = state;
    if (next.stage === stage && next.level === level) this.#from = to;
    else this.#go(next, atS);
  }

  #go(next: SearchStep, atS: number): void {
    const { users, rate } = crowdAt(this.#search, next.level, this.#probes);
    const overS = Math.max(0, (users - this.#users) / ARRIVALS_PER_SECOND);
    // At the same level what was asked for is there already.
    const isSame = next.level === this.#step.level;
    this.#step = next;
    this.#users = users;
    this.#since = Math.floor(atS);
    this.#from = isSame ? Math.ceil(atS) : Math.ceil(atS + overS) + SETTLE_S;
    const { stage, level } = next;
    this.#control.event({ kind: 'level', stage, level, overS });
    if (!isSame) this.#control.tellCrowd({ users, overS, rate });
  }
}

/** The crowd that a search begins with. */
export function firstCrowd(search: Search, probes: number) {
  return crowdAt(search, firstStep(search).level, probes);
}

/** The level that a search begins with. */
function firstStep(search: Search): SearchStep {
  const state = searchAfter(searchPlanOf(search), []);
  return 'next' in state ? state.next : { stage: 'double', level: search.from };
}

/** The crowd at a level: its users, and how many messages a second they send together. */
function crowdAt({ find, users, userRate }: Search, level: number, probes: number) {
  if (find === 'users') return { users: level, rate: level * userRate };
  if (find === 'rate') return { users, rate: level };
  return { users: Math.max(0, level - probes), rate: 0 };
}
