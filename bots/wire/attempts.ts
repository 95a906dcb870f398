import { Backoff } from './backoff.ts';

/** Who makes the attempts. */
export interface AttemptsOwner {
  /** The link did not open in time. */
  timedOut(): void;
  /** It is time for the next attempt. */
  tryAgain(): void;
}

/** Times the attempts to connect: how long one may take, and how long to wait for the next. */
export class Attempts {
  readonly #owner: AttemptsOwner;
  readonly #backoff = new Backoff();
  #timer: NodeJS.Timeout | undefined;

  constructor(owner: AttemptsOwner) {
    this.#owner = owner;
  }

  began(timeoutMs: number): void {
    this.#set(late, timeoutMs);
  }

  /** The link is open: the next wait is a first one. */
  succeeded(): void {
    this.stop();
    this.#backoff.reset();
    this.#backoff.beUsual();
  }

  /** There is no link, or none any more: another attempt follows. */
  failed(): void {
    this.#set(again, this.#backoff.next());
  }

  /** Waits next to nothing before the attempts that follow, until one succeeds. */
  hurry(): void {
    this.#backoff.hurry();
  }

  /** Nothing follows. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Nothing follows, and what comes later is not about what was. */
  giveUp(): void {
    this.stop();
    this.#backoff.reset();
  }

  #set(tell: (owner: AttemptsOwner) => void, ms: number): void {
    clearTimeout(this.#timer);
    // With its argument handed on, the timer needs no closure.
    this.#timer = setTimeout(tell, ms, this.#owner);
  }
}

function late(owner: AttemptsOwner): void {
  owner.timedOut();
}

function again(owner: AttemptsOwner): void {
  owner.tryAgain();
}
