import { byId } from './dom.ts';

/**
 * Reads to screen readers with restraint: at most one sentence in three seconds, and a count instead of every message
 * where there are many. The messages themselves are in a log that is not live.
 */
export class Announcer {
  readonly #region = byId('announcer');
  #count = 0;
  #latest = '';
  #isResting = false;

  /** Something that always matters, such as the connection: said at once. */
  say(sentence: string): void {
    this.#region.textContent = sentence;
  }

  /** A message that came in. */
  message(sentence: string): void {
    this.#count += 1;
    this.#latest = sentence;
    if (!this.#isResting) this.#flush();
  }

  #flush(): void {
    this.#isResting = this.#count > 0;
    if (!this.#isResting) return;
    this.say(this.#count === 1 ? this.#latest : `${this.#count} new messages`);
    this.#count = 0;
    setTimeout(() => this.#flush(), 3000);
  }
}
