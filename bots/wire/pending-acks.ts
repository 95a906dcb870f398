import type { Reply } from '../chat-socket.ts';

interface PendingAck {
  readonly replied: (reply: Reply) => void;
  readonly timer: NodeJS.Timeout;
}

/** Requests whose acks are waited for, by their number. */
export class PendingAcks {
  readonly #acks = new Map<number, PendingAck>();
  #next = 0;

  /** Waits for an ack; its number. `late` is called before the reply that says so. */
  wait(timeoutMs: number, late: (id: number) => void, replied: (reply: Reply) => void): number {
    const id = this.#next++;
    const timer = setTimeout(() => {
      this.#acks.delete(id);
      late(id);
      replied({ outcome: 'timeout' });
    }, timeoutMs);
    this.#acks.set(id, { replied, timer });
    return id;
  }

  /** An ack came; one that nobody waits for is passed over. */
  came(id: number, args: readonly unknown[]): void {
    this.#take(id)?.replied({ outcome: 'acked', args });
  }

  /** The link has ended: the acks of what was sent on it, all but those of `unsent`, will not come. */
  cut(unsent: ReadonlySet<number>): void {
    for (const id of [...this.#acks.keys()]) if (!unsent.has(id)) this.#take(id)?.replied({ outcome: 'cut' });
  }

  /** Nobody waits any more. */
  clear(): void {
    for (const { timer } of this.#acks.values()) clearTimeout(timer);
    this.#acks.clear();
  }

  #take(id: number): PendingAck | undefined {
    const ack = this.#acks.get(id);
    if (!ack) return undefined;
    this.#acks.delete(id);
    clearTimeout(ack.timer);
    return ack;
  }
}
