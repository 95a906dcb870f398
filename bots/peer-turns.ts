/** Whom to write to, one after the other. */
export class PeerTurns<T> {
  #last = 0;

  /** The next of all that is right; undefined if there is none. */
  next(all: readonly T[], isRight: (one: T) => boolean): T | undefined {
    for (let i = 0; i < all.length; i++) {
      this.#last = (this.#last + 1) % all.length;
      const one = all[this.#last]!;
      if (isRight(one)) return one;
    }
    return undefined;
  }
}
