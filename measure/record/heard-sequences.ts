const SENDERS_PER_ROOM = 65_536;

/** How far one user has heard each sender: the sequence of the last message, and the link that it came on. */
export class HeardSequences {
  readonly #seq = new Map<number, number>();
  readonly #link = new Map<number, number>();
  #gap = 0;
  #isSameLink = true;

  /** How many messages were left out right before the one just noted. */
  get gap(): number {
    return this.#gap;
  }

  /** Whether the one just noted came on the same link as the one before it. */
  get isSameLink(): boolean {
    return this.#isSameLink;
  }

  /** Notes a message against its sender's sequence; false where it was heard before. */
  note(sender: number, room: number, seq: number, link: number): boolean {
    const stream = room * SENDERS_PER_ROOM + sender;
    const last = this.#seq.get(stream);
    if (last !== undefined && seq <= last) return false;
    this.#gap = last === undefined ? 0 : seq - last - 1;
    this.#isSameLink = this.#link.get(stream) === link;
    this.#seq.set(stream, seq);
    this.#link.set(stream, link);
    return true;
  }
}
