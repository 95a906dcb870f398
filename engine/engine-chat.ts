import { hash } from '../base/hash.ts';
import { type Answer, ChatClient } from '../bots/chat-client.ts';
import type { ChatConnection } from '../bots/chat-socket.ts';
import { chatter, nameOf, padded } from '../bots/chatter.ts';
import { clockMark, hostNow } from '../bots/clock.ts';
import { dialects } from '../bots/dialect/built-in.ts';
import { type Blanks, type Dialect, dialectSchema } from '../bots/dialect/dialect.ts';
import { TokenReader, writeToken } from '../measure/ledger/token.ts';
import { HeardSequences } from '../measure/record/heard-sequences.ts';
import type { Script } from './artillery.ts';
import { type EngineMeter, metrics } from './engine-meter.ts';
import { StepError } from './step-error.ts';

/** Where the users of an engine chat together. */
export interface ChatPlace {
  readonly dialect: Dialect;
  readonly meter: EngineMeter;
}

const DEFAULT_ROOM = 'lobby';
const run = hash(String(process.pid));
const token = new TokenReader();
let users = 0;

/** The chat of a script, by its dialect: in `chatstorm.dialect` or `config.engines.chatstorm.dialect`; `plain` by default. Throws an Error that says what is wrong with it. */
export function chatPlaceOf(script: Script, meter: EngineMeter): ChatPlace {
  const own = (script.chatstorm as { dialect?: unknown } | undefined)?.dialect;
  const named = own ?? script.config.engines?.chatstorm?.dialect ?? 'plain';
  if (typeof named === 'string' && Object.hasOwn(dialects, named))
    return { dialect: dialects[named as keyof typeof dialects], meter };
  const parsed = dialectSchema.safeParse(named);
  if (parsed.success) return { dialect: parsed.data, meter };
  const [issue] = parsed.error.issues;
  throw new Error(`artillery-engine-chatstorm: dialect.${issue?.path.join('.')}: ${issue?.message}`);
}

/** A user of a chat: joins rooms, sends, and measures what it hears of others that are driven by this engine on this machine. */
export class EngineChat {
  readonly #place: ChatPlace;
  readonly #client: ChatClient;
  readonly #heard = new HeardSequences();
  readonly #number = users++;
  #link = 0;
  #seq = 0;
  #room: string | undefined;

  constructor(connection: ChatConnection, place: ChatPlace) {
    this.#place = place;
    this.#client = new ChatClient(connection, place.dialect, (text) => this.#hear(text));
    connection.watch((change) => {
      if (change.kind !== 'connected') return;
      this.#link++;
      if (this.#room !== undefined) this.#client.join(this.#blanks(''), change.recovered, () => {});
    });
  }

  /** Joins a room, and again on every connection. Rejects with a StepError where the target refuses. */
  async join(room = DEFAULT_ROOM): Promise<void> {
    this.#room = room;
    const answer = await new Promise<Answer>((joined) => this.#client.join(this.#blanks(''), false, joined));
    if (answer.outcome !== 'ok') throw new StepError(`join: ${reasonOf(answer)}`);
  }

  /** Sends a text, or words of its own. Rejects with a StepError where the dialect acknowledges messages and this one was not. */
  async send(text?: string): Promise<void> {
    const { dialect, meter } = this.#place;
    if (dialect.send === 'none') throw new StepError('send: in this dialect, only the server speaks');
    const sentAt = hostNow();
    const fields = { sender: this.#number, room: hash(this.#room ?? '') & 0xffff, seq: this.#seq++ };
    const words = padded(text ?? chatter(Math.random), dialect.send.size);
    const dueUs = Math.round(sentAt * 1000);
    const whole = writeToken(words, { kind: 'crowd', run, clock: clockMark, dueUs, ...fields });
    meter.count(metrics.emitted);
    if (!dialect.send.ack) return this.#client.send(this.#blanks(whole), () => {});
    const answer = await new Promise<Answer>((answered) => this.#client.send(this.#blanks(whole), answered));
    if (answer.outcome !== 'ok') throw new StepError(`send: ${reasonOf(answer)}`);
    meter.time(metrics.ack, hostNow() - sentAt);
  }

  close(): void {
    this.#client.close();
  }

  #hear(text: string): void {
    const { meter } = this.#place;
    meter.count(metrics.received);
    if (token.read(text) !== 'whole' || token.clock !== clockMark || token.run !== run) return;
    if (!this.#heard.note(token.sender, token.room, token.seq, this.#link)) return meter.count(metrics.duplicates);
    if (this.#heard.gap > 0) meter.count(metrics.gaps, this.#heard.gap);
    meter.time(metrics.broadcast, hostNow() - token.dueUs / 1000);
  }

  #blanks(text: string): Blanks {
    const n = String(this.#number);
    return { room: this.#room ?? DEFAULT_ROOM, name: nameOf(this.#number), n, text };
  }
}

function reasonOf(answer: Answer): string {
  return answer.outcome === 'refused' ? answer.reason : answer.outcome === 'timeout' ? 'no answer' : 'disconnected';
}
