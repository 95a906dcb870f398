import { setTimeout as pause } from 'node:timers/promises';
import { RunningFold } from '../../../measure/fold/running-fold.ts';
import { withFindings } from '../../findings/all-findings.ts';
import type { PageRecord } from '../../render/page-record.ts';
import { slimRecord } from '../../render/slim-record.ts';
import type { RunStore, Tail } from '../run-store.ts';
import { CpuBudget } from './cpu-budget.ts';
import type { Viewer } from './viewer.ts';

const EVERY_MS = 1000;

/**
 * Follows one run for all who listen to it, from its beginning: folds what is appended, and tells the record so far once
 * a second, or less often where that would take more than a twentieth of a core. It ends with the run.
 */
export class Follower {
  /** Settles when there is nothing more to tell. */
  readonly ended: Promise<void>;
  readonly #store: RunStore;
  readonly #name: string;
  readonly #stays: boolean;
  readonly #viewers = new Set<Viewer>();
  readonly #stop = new AbortController();
  #run: { readonly fold: RunningFold; readonly tail: Tail } | undefined;
  #last: string | undefined;
  #isFinal = false;

  /** One that `stays` follows for nobody, too: who comes late need not wait until all has been read. */
  constructor(store: RunStore, name: string, stays: boolean) {
    this.#store = store;
    this.#name = name;
    this.#stays = stays;
    this.ended = this.#follow();
  }

  /** Whether it follows no more; those who come now need another. */
  get isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Takes a viewer until it has gone, and tells it the run so far. */
  async join(viewer: Viewer): Promise<void> {
    this.#viewers.add(viewer);
    if (this.#last !== undefined) this.#tell(viewer, this.#last);
    await viewer.gone;
    this.#viewers.delete(viewer);
    if (this.#viewers.size === 0 && !this.#stays) this.#stop.abort();
  }

  /** Tells how it ended where it did, and lets go of everyone, of the slow ones after `withinMs`. */
  async close(withinMs: number): Promise<void> {
    this.#stop.abort();
    if (!this.#isFinal && !this.#update()) this.#letGo();
    const gone = Promise.all([...this.#viewers].map(({ gone }) => gone));
    await Promise.race([gone, pause(withinMs, undefined, { ref: false })]);
    this.#letGo();
  }

  async #follow(): Promise<void> {
    const budget = new CpuBudget(performance.now());
    // The first viewer joins before the first update.
    await Promise.resolve();
    while (!this.#stop.signal.aborted) {
      const from = performance.now();
      if (this.#update()) {
        await Promise.all([...this.#viewers].map(({ gone }) => gone));
        return;
      }
      const now = performance.now();
      const rest = budget.spend(now - from, now);
      const wait = this.#run?.tail.isBehind ? rest : Math.max(rest, EVERY_MS - (now - from));
      await pause(wait, undefined, { signal: this.#stop.signal }).catch(() => {});
    }
  }

  /** Tells what is new; whether that was all. */
  #update(): boolean {
    try {
      const run = this.#store.stateOf(this.#name);
      if (run.state === 'finished') return this.#tellAll(slimRecord(run.record()), true);
      if (run.state === 'pending') return false;
      if (run.state === 'unreadable') return this.#letGo();
      this.#run ??= { fold: new RunningFold(run.plan), tail: this.#store.follow(this.#name) };
      const { fold, tail } = this.#run;
      fold.add(tail.read());
      return tail.isBehind || this.#viewers.size === 0
        ? false
        : this.#tellAll({ ...slimRecord(withFindings(fold.snapshot())), planned: run.plan.outages }, false);
    } catch {
      // Damaged meanwhile, or gone: the page of the run says why.
      return this.#letGo();
    }
  }

  #tellAll(record: PageRecord, isFinal: boolean): boolean {
    this.#isFinal = isFinal;
    this.#last = JSON.stringify(record);
    for (const viewer of this.#viewers) this.#tell(viewer, this.#last);
    return isFinal;
  }

  #tell(viewer: Viewer, json: string): void {
    if (this.#isFinal) viewer.tellFinal(json);
    else viewer.tell(json);
  }

  #letGo(): true {
    for (const viewer of this.#viewers) viewer.close();
    return true;
  }
}
