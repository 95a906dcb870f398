import type { ChatSocket, EmitOptions, LinkChange, Reply, RequestOptions } from '../chat-socket.ts';
import { UserFacts } from '../identity/user-facts.ts';
import type { AuthOf } from './client-options.ts';

/** What is used of a Socket of socket.io-client, typed loosely: any 4.x version may have made it. */
export interface ClientSocket {
  readonly connected: boolean;
  readonly io?: { readonly engine?: { readonly transport?: { readonly name?: unknown } } };
  readonly recovered?: boolean;
  readonly volatile: ClientSocket;
  /** What is sent with the next connection. */
  auth?: unknown;
  on(event: string, listener: (...args: never[]) => void): unknown;
  emit(event: string, ...args: unknown[]): unknown;
  timeout(ms: number): { emit(event: string, ...args: unknown[]): unknown };
}

/** The reason that socket.io-client gives when its own side ended the connection. */
const BY_CLIENT = 'io client disconnect';

/** A chat socket over a Socket of socket.io-client that somebody else made and ends, such as a load engine. */
export class SocketIoSocket implements ChatSocket {
  readonly #socket: ClientSocket;
  readonly #watchers: ((change: LinkChange) => void)[] = [];
  /** Whether acks are failing right now because the link has ended, and not because their time is over. */
  #isCutting = false;
  #transport = 'unknown';
  readonly #authOf: AuthOf;
  protected readonly facts: UserFacts;

  constructor(socket: ClientSocket, authOf: AuthOf, facts = new UserFacts()) {
    this.#authOf = authOf;
    this.#socket = socket;
    this.facts = facts;
    this.#transport = transportOf(socket) ?? 'unknown';
    socket.on('connect', () => this.tell({ kind: 'connected', recovered: socket.recovered === true }));
    socket.on('disconnect', (reason: unknown) => {
      // The client fails the open acks right after this event, in the same turn; their errors tell no code.
      this.#isCutting = true;
      queueMicrotask(() => {
        this.#isCutting = false;
      });
      this.tell({ kind: 'disconnected', reason: String(reason), byClient: reason === BY_CLIENT });
    });
  }

  get isConnected(): boolean {
    return this.#socket.connected;
  }

  get blanks(): Readonly<Record<string, string>> {
    return this.facts.blanks;
  }

  learn(name: string, value: string): void {
    this.facts.learn(name, value);
    this.#socket.auth = this.#authOf(this.blanks);
  }

  get transport(): string {
    this.#transport = transportOf(this.#socket) ?? this.#transport;
    return this.#transport;
  }

  on(event: string, listener: (args: readonly unknown[]) => void): void {
    this.#socket.on(event, (...args) => listener(args));
  }

  emit(event: string, args: readonly unknown[], { volatile = false }: EmitOptions = {}): void {
    (volatile ? this.#socket.volatile : this.#socket).emit(event, ...args);
  }

  request(
    event: string,
    args: readonly unknown[],
    { timeoutMs, volatile = false }: RequestOptions,
    replied: (reply: Reply) => void,
  ): void {
    const socket = volatile ? this.#socket.volatile : this.#socket;
    socket.timeout(timeoutMs).emit(event, ...args, (error: unknown, ...answer: unknown[]) => {
      if (error) replied({ outcome: this.#isCutting ? 'cut' : 'timeout' });
      else replied({ outcome: 'acked', args: answer });
    });
  }

  watch(changed: (change: LinkChange) => void): void {
    this.#watchers.push(changed);
  }

  redact(text: string): string {
    return this.facts.redact(text);
  }

  protected tell(change: LinkChange): void {
    const told = 'reason' in change ? { ...change, reason: this.redact(change.reason) } : change;
    for (const changed of this.#watchers) changed(told);
  }

  /** Nobody is told anything any more. */
  protected silence(): void {
    this.#watchers.length = 0;
  }
}

function transportOf({ io }: ClientSocket): string | undefined {
  const name = io?.engine?.transport?.name;
  return typeof name === 'string' ? name : undefined;
}
