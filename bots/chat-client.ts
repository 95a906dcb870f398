import type { ChatSocket, EmitOptions } from './chat-socket.ts';
import { type Blanks, type Dialect, fillIn, readerOf, refusal } from './dialect.ts';

/** How the target answered: it may refuse, or never answer; or the link was cut before it could. */
export type Answer =
  | { readonly outcome: 'ok'; readonly args: readonly unknown[] }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'timeout' }
  | { readonly outcome: 'cut' };

const ANSWER_TIMEOUT_MS = 10_000;
const JOIN_BY_SILENCE_MS = 1000;

/** Speaks a dialect over a chat socket: joins rooms, sends and hears messages, asks who is there. */
export class ChatClient {
  readonly #socket: ChatSocket;
  readonly #dialect: Dialect;
  readonly #textAt: (args: readonly unknown[]) => unknown;
  readonly #historyAt: ((args: readonly unknown[]) => unknown) | undefined;
  #unconfirmed: (() => void)[] = [];
  #silence: NodeJS.Timeout | undefined;

  /** Listens from now on: `hear` gets the text of every message, or its payload as JSON where no text is found. */
  constructor(socket: ChatSocket, dialect: Dialect, hear: (text: string) => void) {
    this.#socket = socket;
    this.#dialect = dialect;
    this.#textAt = readerOf(dialect.hear.text);
    this.#historyAt = dialect.join?.history ? readerOf(dialect.join.history) : undefined;
    socket.on(dialect.hear.event, (...args) => {
      if (dialect.join?.confirm === 'none') this.#confirmAll();
      hear(this.#textOf(args));
    });
    socket.watch(({ kind }) => {
      if (kind === 'disconnected') this.#forget();
    });
    const confirm = dialect.join?.confirm;
    if (typeof confirm === 'object') socket.on(confirm.event, () => this.#confirmAll());
  }

  /** Joins a room. `joined` is called once the target confirms it, or at once where connecting is joining. */
  join(blanks: Blanks, joined: (answer: Answer) => void): void {
    const { join } = this.#dialect;
    const ok: Answer = { outcome: 'ok', args: [] };
    if (!join) return joined(ok);
    const args = fillIn(join.args, blanks);
    if (join.confirm === 'ack') return this.#request(join.emit, args, joined);
    this.#unconfirmed.push(() => joined(ok));
    this.#socket.emit(join.emit, args);
    if (join.confirm === 'none') this.#silence ??= setTimeout(() => this.#confirmAll(), JOIN_BY_SILENCE_MS);
  }

  /** Sends a text to a room; `answered` is called only where the dialect acknowledges messages. */
  send(blanks: Blanks, answered: (answer: Answer) => void): void {
    const { emit, args, ack, volatile } = this.#dialect.send;
    if (ack) this.#request(emit, fillIn(args, blanks), answered, { volatile });
    else this.#socket.emit(emit, fillIn(args, blanks), { volatile });
  }

  /** Asks who is in a room; undefined where the target does not say. */
  membersOf(blanks: Blanks, told: (names: readonly unknown[] | undefined) => void): void {
    const { presence } = this.#dialect;
    if (!presence) return told(undefined);
    this.#request(presence.emit, fillIn(presence.args, blanks), (answer) => {
      const members = answer.outcome === 'ok' ? readerOf(presence.members)(answer.args) : undefined;
      told(Array.isArray(members) ? members : undefined);
    });
  }

  /** The texts of the history that came with a join's answer. */
  historyOf(answer: Answer): string[] {
    const items = answer.outcome === 'ok' ? this.#historyAt?.(answer.args) : undefined;
    return Array.isArray(items) ? items.map((item) => this.#textOf([item])) : [];
  }

  close(): void {
    this.#forget();
  }

  #request(
    event: string,
    args: readonly unknown[],
    answered: (answer: Answer) => void,
    options: EmitOptions = {},
  ): void {
    this.#socket.request(event, args, { timeoutMs: ANSWER_TIMEOUT_MS, ...options }, (reply) => {
      if (reply.outcome !== 'acked') return answered(reply);
      const reason = refusal(reply.args);
      answered(reason === undefined ? { outcome: 'ok', args: reply.args } : { outcome: 'refused', reason });
    });
  }

  #confirmAll(): void {
    const confirmed = this.#unconfirmed;
    if (confirmed.length === 0) return;
    this.#forget();
    for (const joined of confirmed) joined();
  }

  #forget(): void {
    clearTimeout(this.#silence);
    this.#silence = undefined;
    this.#unconfirmed = [];
  }

  #textOf(args: readonly unknown[]): string {
    const text = this.#textAt(args);
    return typeof text === 'string' ? text : (JSON.stringify(args) ?? '');
  }
}
