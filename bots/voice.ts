import { type Blanks, type Dialect, fillIn, readerOf, refusal } from './dialect.ts';

/** What a voice needs of a socket.io-client Socket; any version's will do. */
export interface VoiceSocket {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  emit(event: string, ...args: unknown[]): unknown;
  timeout(ms: number): { emit(event: string, ...args: unknown[]): unknown };
  readonly volatile: VoiceSocket;
}

/** How the target answered: it may refuse, or never answer; or the connection was cut before it could. */
export type Answer =
  | { readonly outcome: 'ok'; readonly args: readonly unknown[] }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'timeout' }
  | { readonly outcome: 'cut' };

const ANSWER_TIMEOUT_MS = 10_000;
const JOIN_BY_SILENCE_MS = 1000;

/** Speaks a dialect over a socket, whoever made the socket: a bot, or an Artillery engine. */
export class Voice {
  readonly #socket: VoiceSocket;
  readonly #dialect: Dialect;
  readonly #textAt: (args: readonly unknown[]) => unknown;
  readonly #historyAt: ((args: readonly unknown[]) => unknown) | undefined;
  #unconfirmed: (() => void)[] = [];
  #silence: NodeJS.Timeout | undefined;

  /** Listens from now on: `hear` gets the text of every message, or its payload as JSON where no text is found. */
  constructor(socket: VoiceSocket, dialect: Dialect, hear: (text: string) => void) {
    this.#socket = socket;
    this.#dialect = dialect;
    this.#textAt = readerOf(dialect.hear.text);
    this.#historyAt = dialect.join?.history ? readerOf(dialect.join.history) : undefined;
    socket.on(dialect.hear.event, (...args) => {
      if (dialect.join?.confirm === 'none') this.#confirmAll();
      hear(this.#textOf(args));
    });
    socket.on('disconnect', () => this.#forget());
    const confirm = dialect.join?.confirm;
    if (typeof confirm === 'object') socket.on(confirm.event, () => this.#confirmAll());
  }

  /** Joins a room. `joined` is called once the target confirms it, or at once where connecting is joining. */
  join(blanks: Blanks, joined: (answer: Answer) => void): void {
    const { join } = this.#dialect;
    const ok: Answer = { outcome: 'ok', args: [] };
    if (!join) return joined(ok);
    const args = fillIn(join.args, blanks);
    if (join.confirm === 'ack') return this.#ask(join.emit, args, joined);
    this.#unconfirmed.push(() => joined(ok));
    this.#socket.emit(join.emit, ...args);
    if (join.confirm === 'none') this.#silence ??= setTimeout(() => this.#confirmAll(), JOIN_BY_SILENCE_MS);
  }

  /** Says a text in a room; `answered` is called only where the dialect acknowledges messages. */
  say(blanks: Blanks, answered: (answer: Answer) => void): void {
    const { emit, args, ack, volatile } = this.#dialect.send;
    const socket = volatile ? this.#socket.volatile : this.#socket;
    if (ack) this.#ask(emit, fillIn(args, blanks), answered, socket);
    else socket.emit(emit, ...fillIn(args, blanks));
  }

  /** Asks who is in a room; undefined where the target does not say. */
  whoIsIn(blanks: Blanks, told: (names: readonly unknown[] | undefined) => void): void {
    const { presence } = this.#dialect;
    if (!presence) return told(undefined);
    this.#ask(presence.emit, fillIn(presence.args, blanks), (answer) => {
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

  #ask(event: string, args: readonly unknown[], answered: (answer: Answer) => void, socket = this.#socket): void {
    socket.timeout(ANSWER_TIMEOUT_MS).emit(event, ...args, (error: unknown, ...answer: unknown[]) => {
      if (error) return answered({ outcome: isTimeout(error) ? 'timeout' : 'cut' });
      const reason = refusal(answer);
      answered(reason === undefined ? { outcome: 'ok', args: answer } : { outcome: 'refused', reason });
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

/** socket.io-client ends an open ack with an error when its time is over, and with another one when the link ends. */
function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.message.includes('timed out');
}
