import type { ServerResponse } from 'node:http';
import type { RunStore } from '../run-store.ts';
import { Follower } from './follower.ts';
import { Viewer } from './viewer.ts';

/** So many may listen at once. */
export const MOST_VIEWERS = 100;
const FAREWELL_MS = 1000;

/** The viewers of live pages, by run. */
export class LiveViewers {
  readonly #store: RunStore;
  readonly #followers = new Map<string, Follower>();
  #viewers = 0;

  constructor(store: RunStore) {
    this.#store = store;
  }

  get isFull(): boolean {
    return this.#viewers >= MOST_VIEWERS;
  }

  /** Tells a run to somebody until it is over, or they have gone. */
  async listen(name: string, response: ServerResponse): Promise<void> {
    this.#viewers++;
    await this.#followerOf(name, false).join(new Viewer(response));
    this.#viewers--;
  }

  /** Reads a run as it is written, for nobody yet. */
  follow(name: string): void {
    this.#followerOf(name, true);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#followers.values()].map((follower) => follower.close(FAREWELL_MS)));
  }

  #followerOf(name: string, stays: boolean): Follower {
    const known = this.#followers.get(name);
    if (known && !known.isStopped) return known;
    const follower = new Follower(this.#store, name, stays);
    this.#followers.set(name, follower);
    void follower.ended.then(() => this.#followers.get(name) === follower && this.#followers.delete(name));
    return follower;
  }
}
