import { setTimeout as pause } from 'node:timers/promises';

/** A user of a squad. */
export interface Member {
  /** Resolves when the user has ended; it never rejects. */
  readonly over: Promise<void>;
  /** Has the user end. */
  leave(): void;
}

/** Users that one virtual user of Artillery stands for. How many they are may change while they live. */
export class Squad {
  readonly #enter: (n: number) => Member;
  readonly #members = new Set<Member>();
  readonly #over = Promise.withResolvers<void>();
  /** Counts the changes of size: one ends the arrivals of the one before it. */
  #change = 0;
  #isArriving = false;
  #made = 0;

  /** `enter` has user `n` live from then on, counted from 0. */
  constructor(enter: (n: number) => Member) {
    this.#enter = enter;
  }

  /** Resolves once nobody is left and nobody is to come. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /** Has it have this many users: others arrive evenly over `overS` seconds, or the latest leave at once. */
  async resize(users: number, overS: number): Promise<void> {
    const change = ++this.#change;
    this.#isArriving = true;
    for (const member of [...this.#members].slice(users)) member.leave();
    const missing = users - this.#members.size;
    const startAt = performance.now();
    for (let i = 0; i < missing; i++) {
      const waitMs = startAt + (i * overS * 1000) / missing - performance.now();
      if (waitMs >= 1) await pause(waitMs);
      if (change !== this.#change) return;
      this.#add();
    }
    this.#isArriving = false;
    this.#endIfEmpty();
  }

  #add(): void {
    const member = this.#enter(this.#made++);
    this.#members.add(member);
    void member.over.then(() => {
      this.#members.delete(member);
      this.#endIfEmpty();
    });
  }

  #endIfEmpty(): void {
    if (this.#members.size === 0 && !this.#isArriving) this.#over.resolve();
  }
}
