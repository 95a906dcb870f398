import type { CrowdContext } from './crowd-user.ts';

/** How often it looks what is due, ms. */
const TICK_MS = 4;
/** After it stood still it does not make up for more than this, ms. */
const MOST_BEHIND_MS = 200;

/** Has the users of a crowd send, one after the other, so many messages a second together, however many they are. */
export class Pacer {
  readonly #context: CrowdContext;
  #timer: NodeJS.Timeout | undefined;
  #perMs = 0;
  #due = 0;
  #lookedAt = 0;
  #next = 0;

  constructor(context: CrowdContext) {
    this.#context = context;
  }

  /** Messages a second from now on. */
  setRate(perSecond: number): void {
    this.#perMs = perSecond / 1000;
    this.#lookedAt = this.#context.clock();
    clearInterval(this.#timer);
    this.#timer = perSecond > 0 ? setInterval(() => this.#look(), TICK_MS).unref() : undefined;
  }

  #look(): void {
    const now = this.#context.clock();
    this.#due += Math.min(now - this.#lookedAt, MOST_BEHIND_MS) * this.#perMs;
    this.#lookedAt = now;
    for (; this.#due >= 1; this.#due--) this.#sendNext();
  }

  /** The next one who is in its room; nobody where nobody is. */
  #sendNext(): void {
    const { users } = this.#context;
    for (let tried = 0; tried < users.length; tried++) {
      const user = users[this.#next++ % users.length]!;
      if (user.isJoined) return user.send();
    }
  }
}
