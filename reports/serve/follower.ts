import { setTimeout as pause } from 'node:timers/promises';
import type { RunRecord } from '../../measure/run-record.ts';
import { RunningFold } from '../../measure/running-fold.ts';
import { slimmed } from '../slimmed.ts';
import type { Listener } from './listener.ts';
import { Purse } from './purse.ts';
import type { Shelf, Tail } from './shelf.ts';

const EVERY_MS = 1000;

/**
 * Follows one run for all who listen to it, from its beginning: folds what is appended, and tells the record so far once
 * a second, or less often where that would take more than a twentieth of a core. It ends with the run.
 */
export class Follower {
  /** Settles when there is nothing more to tell. */
  readonly ended: Promise<void>;
  readonly #shelf: Shelf;
  readonly #name: string;
  readonly #stays: boolean;
  readonly #listeners = new Set<Listener>();
  readonly #stop = new AbortController();
  #run: { readonly fold: RunningFold; readonly tail: Tail } | undefined;
  #last: string | undefined;
  #isFinal = false;

  /** One that `stays` follows for nobody, too: who comes late need not wait until all has been read. */
  constructor(shelf: Shelf, name: string, stays: boolean) {
    this.#shelf = shelf;
    this.#name = name;
    this.#stays = stays;
    this.ended = this.#follow();
  }

  /** Whether it follows no more; those who come now need another. */
  get isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Takes a listener until it has gone, and tells it the run so far. */
  async join(listener: Listener): Promise<void> {
    this.#listeners.add(listener);
    if (this.#last !== undefined) this.#tell(listener, this.#last);
    await listener.gone;
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0 && !this.#stays) this.#stop.abort();
  }

  /** Tells how it ended where it did, and lets go of everyone, of the slow ones after `withinMs`. */
  async close(withinMs: number): Promise<void> {
    this.#stop.abort();
    if (!this.#isFinal && !this.#look()) this.#letGo();
    const gone = Promise.all([...this.#listeners].map(({ gone }) => gone));
    await Promise.race([gone, pause(withinMs, undefined, { ref: false })]);
    this.#letGo();
  }

  async #follow(): Promise<void> {
    const purse = new Purse(performance.now());
    // The first listener joins before the first look.
    await Promise.resolve();
    while (!this.#stop.signal.aborted) {
      const from = performance.now();
      if (this.#look()) {
        await Promise.all([...this.#listeners].map(({ gone }) => gone));
        return;
      }
      const now = performance.now();
      const rest = purse.spend(now - from, now);
      const wait = this.#run?.tail.isBehind ? rest : Math.max(rest, EVERY_MS - (now - from));
      await pause(wait, undefined, { signal: this.#stop.signal }).catch(() => {});
    }
  }

  /** Tells what is new; whether that was all. */
  #look(): boolean {
    try {
      const look = this.#shelf.look(this.#name);
      if (look.state === 'over') return this.#tellAll(look.record(), true);
      if (look.state === 'awaited') return false;
      if (look.state === 'noRun') return this.#letGo();
      this.#run ??= { fold: new RunningFold(look.plan), tail: this.#shelf.follow(this.#name) };
      const { fold, tail } = this.#run;
      fold.add(tail.look());
      return tail.isBehind || this.#listeners.size === 0 ? false : this.#tellAll(fold.glance(), false);
    } catch {
      // Damaged meanwhile, or gone: the page of the run says why.
      return this.#letGo();
    }
  }

  #tellAll(record: RunRecord, isFinal: boolean): boolean {
    this.#isFinal = isFinal;
    this.#last = JSON.stringify(slimmed(record));
    for (const listener of this.#listeners) this.#tell(listener, this.#last);
    return isFinal;
  }

  #tell(listener: Listener, json: string): void {
    if (this.#isFinal) listener.tellFinal(json);
    else listener.tell(json);
  }

  #letGo(): true {
    for (const listener of this.#listeners) listener.close();
    return true;
  }
}
