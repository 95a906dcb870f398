import type { SeenWindow } from '../capacity/capacity-search.ts';
import { secondsLeft } from '../capacity/expected-time.ts';
import { crowdGrowth } from '../metrics/crowd-connections.ts';
import type { EventLine, Phase } from '../metrics/events.ts';
import { Histogram } from '../metrics/histogram.ts';
import { rollUps } from '../metrics/metric-key.ts';
import { sourceName } from '../metrics/source.ts';
import type { Window } from '../metrics/window.ts';
import type { RunPlan } from '../run-record/run-record.ts';
import { searchPlanOf } from './capacity-fold.ts';

/** Where a run stands; rates and p99 are of the last second that was written down. */
export interface Progress {
  readonly scenario: string;
  readonly phase: Phase;
  /** Seconds since the start, and at which the schedule ends. */
  readonly at: number;
  readonly of: number;
  readonly users: number;
  readonly messagesPerSecond: number;
  readonly deliveriesPerSecond: number;
  readonly p99Ms: number | null;
  /** What goes wrong on purpose at the moment. */
  readonly faults: readonly string[];
}

/** Follows a run by the lines of its folder, as anybody else could; to be told once a second what is new. */
export class ProgressWatch {
  readonly #plan: RunPlan;
  #users = 0;
  #p99: number | null = null;
  readonly #faults = new Set<string>();
  readonly #crowds = new Map<string, boolean>();
  readonly #windows: SeenWindow[] = [];
  #isNew = false;
  #expectedAt: number | undefined;

  constructor(plan: RunPlan) {
    this.#plan = plan;
  }

  /** Whether every source of the crowd has closed. */
  get crowdHasLeft(): boolean {
    return this.#crowds.size > 0 && [...this.#crowds.values()].every(Boolean);
  }

  /** When the run will be over, s: of a search, as far as it can be told. */
  #endsAt(atS: number, latest: number): number {
    const { search, phases } = this.#plan;
    // What is looked at besides may take longer than the schedule.
    if (!search) return Math.max(latest, Math.floor(atS));
    if (this.#expectedAt === undefined || this.#isNew) {
      this.#expectedAt =
        Math.max(atS, phases.warmup) + secondsLeft(searchPlanOf(search), search.window, this.#windows) + phases.drain;
      this.#isNew = false;
    }
    return Math.round(Math.max(atS, Math.min(latest, this.#expectedAt)));
  }

  /** `atMs` is the time since the run's start. */
  add(lines: readonly (Window | EventLine)[], atMs: number): Progress {
    let messages = 0;
    let deliveries = 0;
    const latency = new Histogram();
    for (const line of lines) {
      if (line.source.role === 'crowd')
        this.#crowds.set(sourceName(line.source), 'event' in line && line.event.kind === 'closed');
      if ('event' in line && line.event.kind === 'faultOn') this.#faults.add(line.event.fault);
      if ('event' in line && line.event.kind === 'window') {
        this.#windows.push(line.event);
        this.#isNew = true;
      }
      if ('event' in line && line.event.kind === 'faultOff') this.#faults.delete(line.event.fault);
      if (!('counters' in line)) continue;
      const { counters, histograms } = line;
      this.#users += crowdGrowth(line);
      for (const [key, n] of Object.entries(counters)) {
        const totals = rollUps(key);
        const counts = (name: string) => totals.includes(name) || totals.includes(`${name}{by=crowd}`);
        if (counts('messages.sent')) messages += n;
        if (counts('delivery.delivered')) deliveries += n;
      }
      if (histograms['broadcast.latency']) latency.addEncoded(histograms['broadcast.latency']);
    }
    if (latency.count > 0) this.#p99 = latency.percentile(99);
    const { warmup, measure, drain } = this.#plan.phases;
    return {
      scenario: this.#plan.scenario.name,
      phase: atMs < warmup * 1000 ? 'warmup' : atMs < (warmup + measure) * 1000 ? 'measure' : 'drain',
      at: atMs / 1000,
      of: this.#endsAt(atMs / 1000, warmup + measure + drain),
      users: Math.max(0, this.#users),
      messagesPerSecond: messages,
      deliveriesPerSecond: deliveries,
      p99Ms: this.#p99,
      faults: [...this.#faults],
    };
  }
}
