import type { Handshake } from '../../chat-socket.ts';

/** Who is told that the server has been silent for too long. */
export interface HeartbeatOwner {
  silent(): void;
}

/** Notices a server that has not pinged for as long as it said. */
export class Heartbeat {
  readonly #owner: HeartbeatOwner;
  #timer: NodeJS.Timeout | undefined;
  /** When the server will have been silent for too long, ms on the process's clock; 0 where nobody minds. */
  #silentAt = 0;

  constructor(owner: HeartbeatOwner) {
    this.#owner = owner;
  }

  /** The server was heard: from now on it may be silent for both of its times together. */
  heard({ pingIntervalMs, pingTimeoutMs }: Handshake): void {
    const patience = pingIntervalMs + pingTimeoutMs;
    this.#silentAt = performance.now() + patience;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(tellSilence, patience, this.#owner);
  }

  /** Whether the server has been silent for too long; where it has, the owner is told in the next turn. */
  hasExpired(): boolean {
    if (this.#silentAt === 0 || performance.now() <= this.#silentAt) return false;
    this.#silentAt = 0;
    process.nextTick(tellSilence, this.#owner);
    return true;
  }

  /** Does not notice silence any more, until the server is heard again. */
  stop(): void {
    clearTimeout(this.#timer);
  }
}

function tellSilence(owner: HeartbeatOwner): void {
  owner.silent();
}
