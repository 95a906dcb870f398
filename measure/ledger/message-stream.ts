/** A message in the ledger. Times are in ms since the run's start. */
export interface Message {
  readonly sender: number;
  readonly room: number;
  readonly seq: number;
  /** The sender's link at the hand-over. */
  readonly link: number;
  /** The how-manieth message of its sender it is, over all rooms. */
  readonly order: number;
  readonly dueAt: number;
  /** The window that the message belongs to: the second of `dueAt`. */
  readonly second: number;
  readonly sentAt: number;
  /** Whether its sender was offline when it was due. */
  readonly late: boolean;
  state: 'pending' | 'ok' | 'refused';
  /** By bot: the link on which it was joined at the hand-over, 0 where it was expected but not joined, -1 where not expected. */
  readonly linkAt: Int32Array;
  /** By bot: {@link DELIVERED} or {@link RECOVERED} once it has the message. */
  readonly got: Uint8Array;
  /** By bot: the number of the way to it at the hand-over, in {@link paths}; undefined where no node is known. */
  readonly paths: Uint8Array | undefined;
  readonly expected: number;
  delivered: number;
  recovered: number;
  firstAt: number;
  /** When half of the recipients had it, the median one among them. */
  medianAt: number;
  lastAt: number;
}

export const DELIVERED = 1;
export const RECOVERED = 2;

/** How long the pairs of a complete message are remembered, so that a second arrival is told from a late first one. */
const REMEMBER_MS = 10_000;

/**
 * The messages of one sender in one room, in the order of their sequence numbers, and how far each bot has heard them.
 * Complete messages are forgotten after ten seconds, which keeps memory flat; incomplete ones stay until the end.
 */
export class MessageStream {
  readonly #heardSeq: Int32Array;
  readonly #heardLink: Int32Array;
  readonly #messages = new Map<number, Message>();
  #next = 0;
  #oldest = 0;

  constructor(bots: number) {
    this.#heardSeq = new Int32Array(bots).fill(-1);
    this.#heardLink = new Int32Array(bots);
  }

  /** The sequence number that the next message will carry. */
  get next(): number {
    return this.#next;
  }

  push(seq: number, message: Message): void {
    if (seq !== this.#next) throw new RangeError(`Expected message ${this.#next} of the stream, got ${seq}.`);
    this.#messages.set(seq, message);
    this.#next++;
  }

  /** The message, or undefined where it was forgotten or never sent. */
  at(seq: number): Message | undefined {
    return this.#messages.get(seq);
  }

  forEach(visit: (message: Message) => void): void {
    this.#messages.forEach(visit);
  }

  /** Notes that a bot heard `seq` on a link; true where it had heard a later one on that link already. */
  heard(bot: number, link: number, seq: number): boolean {
    if (this.#heardLink[bot] === link && seq < this.#heardSeq[bot]!) return true;
    this.#heardLink[bot] = link;
    this.#heardSeq[bot] = seq;
    return false;
  }

  /** Forgets every message; those that arrive later count as seen before. */
  forget(): void {
    this.#messages.clear();
  }

  /** Looks at up to two messages that are old enough to be forgotten; called at each send, it keeps pace with the sends. */
  retire(now: number): void {
    for (let i = 0; i < 2; i++) {
      const message = this.#messages.get(this.#oldest);
      if (!message || now - message.sentAt < REMEMBER_MS) return;
      if (isSettled(message)) this.#messages.delete(this.#oldest);
      this.#oldest++;
    }
  }
}

function isSettled(message: Message): boolean {
  return message.state === 'ok' && message.delivered + message.recovered === message.expected;
}
