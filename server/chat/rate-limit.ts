/** A token bucket: `perSecond` on average, and as many, or `burst` if that is more, at once. 0 per second is without limit. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #most: number;
  #left: number;
  #last = Number.NEGATIVE_INFINITY;

  constructor(perSecond: number, burst = 1) {
    this.#perSecond = perSecond;
    this.#most = Math.max(perSecond, burst);
    this.#left = this.#most;
  }

  /** Takes `cost` where there is that much; `now` is in ms. */
  take(cost: number, now: number): boolean {
    if (this.#perSecond === 0) return true;
    this.#left = Math.min(this.#most, this.#left + (Math.max(0, now - this.#last) * this.#perSecond) / 1000);
    this.#last = Math.max(this.#last, now);
    if (this.#left < cost) return false;
    this.#left -= cost;
    return true;
  }
}

/** What may be sent in a second, on average; 0 is without limit. */
export interface Rate {
  readonly messages: number;
  readonly bytes: number;
}

/** What one socket, or everybody at one address, may still send. */
export class Budget {
  readonly #messages: TokenBucket;
  readonly #bytes: TokenBucket;

  /** `largest` is the largest message there may be, in bytes: one has to fit, however low the rate. */
  constructor({ messages, bytes }: Rate, largest: number, burst = 1) {
    this.#messages = new TokenBucket(messages, burst);
    this.#bytes = new TokenBucket(bytes, largest);
  }

  /** Takes one message of so many bytes. What is refused is paid for, too: who floods waits. */
  take(bytes: number, now: number): boolean {
    const hasBytes = this.#bytes.take(bytes, now);
    return this.#messages.take(1, now) && hasBytes;
  }
}

/** The budgets of addresses, kept while somebody is connected from there and until they are full again. */
export class AddressBudgets {
  readonly #make: () => Budget;
  readonly #addresses = new Map<string, { readonly budget: Budget; sockets: number; leftAt: number }>();

  constructor(make: () => Budget) {
    this.#make = make;
  }

  get size(): number {
    return this.#addresses.size;
  }

  /** The budget of an address from which one more socket comes. */
  enter(address: string): Budget {
    const known = this.#addresses.get(address) ?? { budget: this.#make(), sockets: 0, leftAt: 0 };
    this.#addresses.set(address, known);
    known.sockets += 1;
    return known.budget;
  }

  leave(address: string, now: number): void {
    const known = this.#addresses.get(address);
    if (known === undefined) return;
    known.sockets -= 1;
    known.leftAt = now;
  }

  /** Forgets addresses that nobody is connected from and whose budgets had time to fill. */
  sweep(now: number): void {
    for (const [address, { sockets, leftAt }] of this.#addresses) {
      if (sockets === 0 && now - leftAt >= FILLED_MS) this.#addresses.delete(address);
    }
  }
}

/** A bucket of one second's worth is full after a second; one with a larger burst may take a few. */
const FILLED_MS = 10_000;
