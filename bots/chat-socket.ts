/**
 * The chat socket port: what bots and crowd users need of a connection to a chat. Everything above it (dialects, recording,
 * probes, the crowd) is the same whatever client is behind it.
 */
export interface ChatSocket {
  readonly isConnected: boolean;
  /** The name of the link's transport, of the last link while there is none; `unknown` before the first. */
  readonly transport: string;
  /** What of the user's own fills blanks, what it has learned included; nothing before its first connection. */
  readonly blanks: Readonly<Record<string, string>>;
  /** Keeps what the target said of the user: it fills blanks from now on, those of `auth` at the next connection. */
  learn(name: string, value: string): void;
  /** A text of the target's, without what is secret about the user. */
  redact(text: string): string;
  /**
   * Calls back with the arguments of every such event of the chat from now on. Sockets that receive the same bytes may be
   * given the same list: it is to be read only.
   */
  on(event: string, listener: (args: readonly unknown[]) => void): void;
  /** Emits an event. While there is no link it waits for the next one, unless it is `volatile`: then it is thrown away. */
  emit(event: string, args: readonly unknown[], options?: EmitOptions): void;
  /** Emits an event that the target acknowledges; `replied` is called once. */
  request(event: string, args: readonly unknown[], options: RequestOptions, replied: (reply: Reply) => void): void;
  /** Calls back with every change of the link from now on. */
  watch(changed: (change: LinkChange) => void): void;
}

/** A chat socket that makes its own connection, and what a bot can have happen to it. */
export interface ChatConnection extends ChatSocket {
  connect(): void;
  /** Ends the connection; {@link connect} begins a fresh session. */
  disconnect(): void;
  /** Ends the connection for good; nothing is called back any more. Twice is once. */
  close(): void;
  /** Moves to another network with this local address: notices at once and connects again. */
  changeNetwork(localAddress: string): void;
  /** Stops noticing anything, as a computer with its lid closed. The link has to be silent meanwhile. */
  sleep(): void;
  /** Notices what it slept through, and reconnects as the client does. */
  wake(): void;
  /** Does not connect again by itself where its link ends, until {@link comeBack}. */
  stayAway(): void;
  /** Gives its link up as one that it knows to be dead; the target hears of it as far as the link carries that. */
  dropLink(): void;
  /** Drops a link that it still has, connects at once, and reconnects by itself from then on. */
  comeBack(): void;
}

export interface EmitOptions {
  readonly volatile?: boolean;
}

export interface RequestOptions extends EmitOptions {
  readonly timeoutMs: number;
}

/** How a request ended: acknowledged, not acknowledged in time, or cut off because the link ended first. */
export type Reply =
  | { readonly outcome: 'acked'; readonly args: readonly unknown[] }
  | { readonly outcome: 'timeout' }
  | { readonly outcome: 'cut' };

/**
 * A change of a link. `opened` is the transport's, `connected` the namespace's. `answered` says whether the target said no,
 * rather than nothing; `byClient`, whether the client's own side ended the link.
 */
export type LinkChange =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'opened'; readonly transport: string; readonly handshake: Handshake }
  | { readonly kind: 'upgraded'; readonly transport: string }
  | { readonly kind: 'upgradeFailed'; readonly reason: string }
  | { readonly kind: 'connected'; readonly recovered: boolean }
  | { readonly kind: 'connectFailed'; readonly reason: string; readonly answered: boolean }
  | { readonly kind: 'disconnected'; readonly reason: string; readonly byClient: boolean };

/** What a server says as it opens a session. A silent link is noticed after both times together at the latest, ms. */
export interface Handshake {
  readonly pingIntervalMs: number;
  readonly pingTimeoutMs: number;
  /** The longest packet that it takes over polling; null if it does not say. */
  readonly maxPayloadBytes: number | null;
  /** The transports that a client may upgrade to. */
  readonly upgrades: readonly string[];
}
