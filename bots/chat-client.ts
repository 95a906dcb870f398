import type { ChatSocket, EmitOptions } from './chat-socket.ts';
import { type Blanks, type ConnectStep, type Dialect, kindOf, type Path } from './dialect/dialect.ts';
import { fillIn, readerOf, refusal, textOf, wholeText } from './dialect/payload.ts';

/** How the target answered: it may refuse, or never answer; or the link was cut before it could. */
export type Answer =
  | { readonly outcome: 'ok'; readonly args: readonly unknown[] }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'timeout' }
  | { readonly outcome: 'cut' };

/**
 * Gets every message: its text, or all of its payload where no text is found. Where only the server speaks, what tells the
 * message from others instead, and when it was sent by the server's clock (ms since 1970), if the dialect says where.
 */
export type Hear = (text: string, sentAt?: number) => void;

const ANSWER_TIMEOUT_MS = 10_000;
const JOIN_BY_SILENCE_MS = 1000;
const ok: Answer = { outcome: 'ok', args: [] };

/** Speaks a dialect over a chat socket: joins rooms, sends and hears messages, asks who is there. */
export class ChatClient {
  readonly #socket: ChatSocket;
  /** What the steps on connecting have captured, by the name of the blank. */
  readonly #captured = new Set<string>();
  readonly #dialect: Dialect;
  readonly #hear: Hear;
  readonly #textAt: (args: readonly unknown[]) => unknown;
  readonly #historyAt: ((args: readonly unknown[]) => unknown) | undefined;
  /** By event that a step waits for: the arguments of the last one on this link. */
  readonly #came: Map<string, readonly unknown[]>;
  #awaited: { readonly event: string; readonly came: (args: readonly unknown[]) => void } | undefined;
  #unconfirmed: (() => void)[] = [];
  #silence: NodeJS.Timeout | undefined;
  #patience: NodeJS.Timeout | undefined;

  /** Listens from now on; `came` is what came of the awaited events until now. */
  constructor(socket: ChatSocket, dialect: Dialect, hear: Hear, came = new Map<string, readonly unknown[]>()) {
    this.#came = came;
    this.#socket = socket;
    this.#dialect = dialect;
    this.#hear = hear;
    this.#textAt = dialect.hear === 'ack' ? () => undefined : readerOf(dialect.hear.text);
    this.#historyAt = dialect.join?.history ? readerOf(dialect.join.history) : undefined;
    this.#listen();
    socket.watch(({ kind }) => {
      if (kind === 'disconnected') this.#forget();
    });
  }

  /**
   * Does what the dialect says a user does on connecting, unless the session goes on (`recovered`), and joins a room. `joined`
   * is called once the target confirms it, or at once where connecting is joining.
   */
  join(blanks: Blanks, recovered: boolean, joined: (answer: Answer) => void): void {
    if (recovered) return this.#joinRoom(blanks, joined);
    this.#step(0, blanks, (answer) => {
      if (answer.outcome === 'ok') this.#joinRoom(blanks, joined);
      else joined(answer);
    });
  }

  /** Whether the target has told of the user what the dialect waits for, so that others can write to it. */
  get isIntroduced(): boolean {
    return this.#dialect.onConnect.every(({ capture }) =>
      Object.keys(capture).every((name) => this.#captured.has(name)),
    );
  }

  /** Calls back with the name of the node that serves each link, where the target tells. */
  onNode(told: (name: string) => void): void {
    const { node } = this.#dialect;
    if (!node) return;
    const nameAt = readerOf(node.name);
    this.#socket.on(node.event, (args) => {
      const name = nameAt(args);
      if (typeof name === 'string' && name !== '') told(name);
    });
  }

  /** Sends a text to a room; `answered` is called only where the dialect acknowledges messages. */
  send(blanks: Blanks, answered: (answer: Answer) => void): void {
    const { send } = this.#dialect;
    if (send === 'none') return;
    const { emit, ack, volatile } = send;
    const args = this.#fill(send.args, blanks);
    if (!ack) return this.#socket.emit(emit, args, { volatile });
    this.#request(emit, args, { volatile }, (answer) => {
      if (this.#dialect.hear === 'ack' && answer.outcome === 'ok') this.#hear(blanks.text ?? '');
      answered(answer);
    });
  }

  /** Emits something that is no message, such as that somebody is typing. */
  emit(emit: string, args: Dialect['background'][number]['args'], blanks: Blanks): void {
    this.#socket.emit(emit, this.#fill(args, blanks), { volatile: true });
  }

  /** Asks who is in a room; undefined where the target does not say. */
  membersOf(blanks: Blanks, told: (names: readonly unknown[] | undefined) => void): void {
    const { presence } = this.#dialect;
    if (!presence) return told(undefined);
    this.#request(presence.emit, this.#fill(presence.args, blanks), {}, (answer) => {
      const members = answer.outcome === 'ok' ? readerOf(presence.members)(answer.args) : undefined;
      told(Array.isArray(members) ? members : undefined);
    });
  }

  /** The texts of the history that came with a join's answer. */
  historyOf(answer: Answer): string[] {
    const items = answer.outcome === 'ok' ? this.#historyAt?.(answer.args) : undefined;
    return Array.isArray(items) ? items.map((item) => this.#textIn([item])) : [];
  }

  close(): void {
    this.#forget();
  }

  #listen(): void {
    const { hear, join } = this.#dialect;
    const confirm = join?.confirm;
    if (typeof confirm === 'object') this.#socket.on(confirm.event, () => this.#confirmAll());
    for (const event of awaitedEvents(this.#dialect)) this.#socket.on(event, (args) => this.#cameIn(event, args));
    if (hear === 'ack') return;
    const isListening = kindOf(this.#dialect) === 'listening';
    const keyAt = hear.key === null ? undefined : readerOf(hear.key);
    const sentAt = hear.sentAt === null ? undefined : readerOf(hear.sentAt);
    this.#socket.on(hear.event, (args) => {
      if (confirm === 'none') this.#confirmAll();
      if (isListening) this.#hear(JSON.stringify(keyAt ? keyAt(args) : args) ?? '', timeOf(sentAt?.(args)));
      else this.#hear(this.#textIn(args));
    });
  }

  #joinRoom(blanks: Blanks, joined: (answer: Answer) => void): void {
    const { join } = this.#dialect;
    if (!join) return joined(ok);
    const args = this.#fill(join.args, blanks);
    if (join.confirm === 'ack') return this.#request(join.emit, args, {}, joined);
    this.#unconfirmed.push(() => joined(ok));
    this.#socket.emit(join.emit, args);
    if (join.confirm === 'none') this.#silence ??= setTimeout(() => this.#confirmAll(), JOIN_BY_SILENCE_MS);
  }

  /** Does a step and those behind it; `done` is called with the first answer that is no consent. */
  #step(number: number, blanks: Blanks, done: (answer: Answer) => void): void {
    const step = this.#dialect.onConnect[number];
    if (!step) return done(ok);
    const goOn = (args: readonly unknown[]) => {
      const missing = this.#capture(step.capture, args);
      if (missing === undefined) this.#step(number + 1, blanks, done);
      else done(failed(step, `has nothing at ${missing}`));
    };
    if ('wait' in step) return this.#await(step.wait, goOn, () => done(failed(step, 'did not come in time')));
    const args = this.#fill(step.args, blanks);
    if (!step.ack) {
      this.#socket.emit(step.emit, args);
      return goOn([]);
    }
    this.#request(step.emit, args, {}, (answer) => {
      if (answer.outcome === 'ok') goOn(answer.args);
      else done(answer.outcome === 'timeout' ? failed(step, 'was not acknowledged in time') : answer);
    });
  }

  #await(event: string, came: (args: readonly unknown[]) => void, late: () => void): void {
    const args = this.#came.get(event);
    if (args) return came(args);
    this.#awaited = { event, came };
    this.#patience = setTimeout(() => {
      this.#awaited = undefined;
      late();
    }, ANSWER_TIMEOUT_MS);
  }

  #cameIn(event: string, args: readonly unknown[]): void {
    this.#came.set(event, args);
    const awaited = this.#awaited;
    if (awaited?.event !== event) return;
    clearTimeout(this.#patience);
    this.#awaited = undefined;
    awaited.came(args);
  }

  /** Keeps what the paths lead to; the first path that leads to nothing is returned. */
  #capture(capture: ConnectStep['capture'], args: readonly unknown[]): string | undefined {
    for (const [name, path] of Object.entries<Path>(capture)) {
      const value = readerOf(path)(args);
      if (value === undefined || value === null) return typeof path === 'string' ? path : name;
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      this.#captured.add(name);
      this.#socket.learn(name, text);
    }
    return undefined;
  }

  #request(event: string, args: readonly unknown[], options: EmitOptions, answered: (answer: Answer) => void): void {
    this.#socket.request(event, args, { timeoutMs: ANSWER_TIMEOUT_MS, ...options }, (reply) => {
      if (reply.outcome !== 'acked') return answered(reply);
      const reason = refusal(reply.args);
      if (reason === undefined) answered({ outcome: 'ok', args: reply.args });
      else answered({ outcome: 'refused', reason: this.#socket.redact(reason) });
    });
  }

  #fill(args: Dialect['background'][number]['args'], blanks: Blanks): unknown[] {
    return fillIn(args, { ...blanks, ...this.#socket.blanks });
  }

  #confirmAll(): void {
    const confirmed = this.#unconfirmed;
    if (confirmed.length === 0) return;
    clearTimeout(this.#silence);
    this.#silence = undefined;
    this.#unconfirmed = [];
    for (const joined of confirmed) joined();
  }

  /** The link has ended: what was waited for on it will not come. */
  #forget(): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#patience);
    this.#silence = undefined;
    this.#awaited = undefined;
    this.#unconfirmed = [];
    this.#came.clear();
  }

  #textIn(args: readonly unknown[]): string {
    return textOf(this.#textAt(args)) ?? wholeText(args);
  }
}

/** The events that a dialect's steps wait for. */
export function awaitedEvents({ onConnect }: Dialect): Set<string> {
  return new Set(onConnect.flatMap((step) => ('wait' in step ? step.wait : [])));
}

function failed(step: ConnectStep, what: string): Answer {
  const name = 'wait' in step ? step.wait : step.emit;
  return { outcome: 'refused', reason: `onConnect: ${name} ${what}` };
}

/** ms since 1970 of a number or an ISO date; undefined of anything else. */
function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : value;
  return typeof time === 'number' && Number.isFinite(time) ? time : undefined;
}
