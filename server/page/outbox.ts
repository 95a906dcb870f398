/** A message of ours that nobody has confirmed yet. `tried` says that it was sent once, over a link that then ended. */
export interface Unsent {
  readonly key: number;
  readonly room: string;
  readonly text: string;
  state: 'waiting' | 'sending' | 'failed';
  tried: boolean;
  reason: string;
}

/**
 * Messages of ours, from when they are typed until the server has confirmed them: what socket.io-client would buffer
 * is sent before a room is joined again and refused. One message per room is on its way at a time, so order holds.
 */
export class Outbox {
  readonly #items: Unsent[] = [];
  #nextKey = 1;

  add(room: string, text: string): Unsent {
    const item: Unsent = { key: this.#nextKey++, room, text, state: 'waiting', tried: false, reason: '' };
    this.#items.push(item);
    return item;
  }

  /** The next message to send to a room, or none while one is on its way. */
  next(room: string): Unsent | undefined {
    const items = this.in(room).filter(({ state }) => state !== 'failed');
    return items.some(({ state }) => state === 'sending') ? undefined : items[0];
  }

  in(room: string): Unsent[] {
    return this.#items.filter((item) => item.room === room);
  }

  /** Takes a message out: it was confirmed, or given up. */
  settle(item: Unsent): void {
    const index = this.#items.indexOf(item);
    if (index >= 0) this.#items.splice(index, 1);
  }

  /** Settles the message on its way that came back to us as `text`; says whether there was one. */
  settleEcho(room: string, text: string): boolean {
    const item = this.in(room).find(({ state }) => state === 'sending');
    if (item?.text !== text) return false;
    this.settle(item);
    return true;
  }

  /** Settles a message sent over a link that then ended, if the room's history shows that it did arrive. */
  settleTried(room: string, texts: readonly string[]): void {
    const found = this.in(room).find(({ tried, text }) => tried && texts.includes(text));
    if (found) this.settle(found);
  }

  /** The link ended: what was on its way waits again. */
  hold(): void {
    for (const item of this.#items) {
      if (item.state !== 'sending') continue;
      item.state = 'waiting';
      item.tried = true;
    }
  }

  /** Drops what was meant for a room that we left. */
  drop(room: string): void {
    for (const item of this.in(room)) this.settle(item);
  }
}
