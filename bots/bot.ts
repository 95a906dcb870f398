import { writeToken } from '../measure/ledger/token.ts';
import { transports } from '../measure/metrics/transports.ts';
import type { Recorder } from '../measure/record/recorder.ts';
import { ChatClient } from './chat-client.ts';
import type { ChatConnection, LinkChange } from './chat-socket.ts';
import type { ClientOptions } from './client-orders.ts';
import { clockMark, type RunClock } from './clock.ts';
import type { Blanks, Dialect } from './dialect.ts';
import type { Endpoint } from './endpoint.ts';
import { LinkRecorder } from './link-recorder.ts';
import type { OfflinePolicy } from './offline-policy.ts';
import type { PersonaBot } from './persona.ts';

/** What is due before the run began counts in no second of it. */
const NEVER_DUE_AT = -1;

/** Where and how the probes' bots chat. */
export interface ProbesContext {
  /** How the target is reached on each network, by number. */
  readonly endpoints: readonly Endpoint[];
  readonly dialect: Dialect;
  /** The run's rooms by number. */
  readonly rooms: readonly string[];
  readonly recorder: Recorder;
  readonly clock: RunClock;
  /** Hash of the run's id. */
  readonly run: number;
  /** Makes a bot's connection, which is not connected yet. */
  readonly connectionTo: (endpoint: Endpoint, dialect: Dialect, client: ClientOptions) => ChatConnection;
}

/** What a bot is. `sendsCanaries` says whether it checks, on joining, that its room hears it. */
export interface BotOptions {
  readonly number: number;
  readonly name: string;
  readonly room: number;
  readonly network: number;
  readonly client: ClientOptions;
  readonly offline: OfflinePolicy;
  readonly sendsCanaries: boolean;
}

/**
 * A bot: one connection that joins its room whenever it is made, and tells the recorder what it sends and hears. What is
 * due while it is not in the room is dropped, held or buffered, by its policy.
 */
export class Bot implements PersonaBot {
  readonly number: number;
  readonly name: string;
  readonly room: number;
  readonly #context: ProbesContext;
  readonly #sendsCanaries: boolean;
  readonly #connection: ChatConnection;
  readonly #links: LinkRecorder;
  readonly #client: ChatClient;
  readonly #offline: OfflinePolicy;
  #isJoined = false;
  #nextSeq = 0;
  /** What was due while it was not in the room, to be sent once it is. */
  #held: { readonly text: string; readonly dueAt: number }[] = [];
  /** The text that the bot waits to hear back; empty while it waits for none. */
  #canary = '';
  #joinedAt = 0;
  #isAsleep = false;

  constructor(context: ProbesContext, { number, name, room, network, client, offline, sendsCanaries }: BotOptions) {
    const { recorder, clock, dialect, endpoints, connectionTo } = context;
    this.#context = context;
    this.#sendsCanaries = sendsCanaries;
    this.number = number;
    this.name = name;
    this.room = room;
    // socket.io-client buffers a volatile message as long as its last transport, however dead, calls itself writable.
    this.#offline = dialect.send.volatile ? 'drop' : offline;
    this.#links = new LinkRecorder(number, recorder, clock);
    this.#connection = connectionTo(endpoints[network]!, dialect, client);
    this.#connection.watch((change) => this.#changed(change));
    this.#client = new ChatClient(this.#connection, dialect, (text) => this.#hear(text));
  }

  /** The transport of a connected bot, undefined of another. */
  get transport(): string | undefined {
    return this.#connection.isConnected ? transports[this.#links.transport] : undefined;
  }

  get isInRoom(): boolean {
    return !this.#isAsleep && this.#connection.isConnected && this.#isJoined;
  }

  connect(): void {
    this.#connection.connect();
  }

  /** Sends a text that was due at `dueAt`; where the bot is not in the room, its policy decides. A sleeping bot sends nothing. */
  send(text: string, dueAt: number): void {
    const { recorder, clock } = this.#context;
    const due = { bot: this.number, room: this.room, dueAt };
    recorder.observe({ kind: 'scheduled', at: clock(), ...due });
    const policy = this.#isAsleep ? 'drop' : this.#offline;
    if (this.isInRoom) this.#emit(text, dueAt, 'probe');
    else if (policy === 'buffer') this.#emit(text, dueAt, 'probe', true);
    else if (policy === 'hold') this.#held.push({ text, dueAt });
    else recorder.observe({ kind: 'dropped', at: clock(), ...due });
  }

  /** Sends a last message, behind which nothing of the bot's messages is left open. It is not measured. */
  sendClosingCall(text: string): void {
    if (this.isInRoom) this.#emit(text, NEVER_DUE_AT, 'closing');
  }

  /** Leaves for good: nothing is expected of its room any more. */
  leave(): void {
    const { recorder, clock } = this.#context;
    this.#leaveRoom();
    for (const { dueAt } of this.#held.splice(0))
      recorder.observe({ kind: 'dropped', at: clock(), bot: this.number, room: this.room, dueAt });
    this.close();
  }

  disconnect(): void {
    this.#leaveRoom();
    this.#connection.disconnect();
  }

  changeNetwork(localAddress: string): void {
    this.#connection.changeNetwork(localAddress);
  }

  sleep(): void {
    this.#isAsleep = true;
    this.#connection.sleep();
  }

  wake(): void {
    this.#isAsleep = false;
    this.#connection.wake();
  }

  /** Asks the target who is in the room; undefined where it does not say. */
  askMembers(told: (names: readonly unknown[] | undefined) => void): void {
    this.#client.membersOf(this.#blanks(''), told);
  }

  close(): void {
    this.#client.close();
    this.#connection.close();
  }

  #changed(change: LinkChange): void {
    if (change.kind === 'disconnected') {
      this.#isJoined = false;
      this.#canary = '';
    }
    this.#links.observe(change);
    if (change.kind === 'connected') this.#join();
  }

  #leaveRoom(): void {
    const { recorder, clock } = this.#context;
    recorder.observe({ kind: 'left', at: clock(), bot: this.number, room: this.room });
    this.#isJoined = false;
  }

  #hear(text: string): void {
    const { recorder, clock } = this.#context;
    const at = clock();
    if (this.#canary !== '' && this.#answersCanary(text)) this.#canaryHeard(at);
    recorder.delivered(this.number, this.#links.transport, text, at);
  }

  /** Where senders do not hear themselves, whatever the room hears will do. */
  #answersCanary(text: string): boolean {
    return this.#context.dialect.echo ? text.includes(this.#canary) : true;
  }

  #canaryHeard(at: number): void {
    this.#canary = '';
    const times = { sinceConnectMs: at - this.#links.firstAt, joinedAgoMs: at - this.#joinedAt };
    const transport = transports[this.#links.transport]!;
    this.#context.recorder.observe({ kind: 'heard', at, bot: this.number, transport, ...times });
  }

  /** Sends a message that only the bot itself waits for. */
  #sendCanary(): void {
    const { clock, run } = this.#context;
    const { number: sender, room } = this;
    const fields = { run, clock: clockMark, sender, room, seq: 0, dueUs: Math.round(clock() * 1000) };
    this.#canary = writeToken('can you hear me?', { kind: 'canary', ...fields });
    this.#client.send(this.#blanks(this.#canary), () => {});
  }

  /** `late` where the sender was offline when it was due. */
  #emit(words: string, dueAt: number, kind: 'probe' | 'closing', late = false): void {
    const { recorder, clock, run } = this.#context;
    const { number: sender, room } = this;
    const seq = this.#nextSeq++;
    const dueUs = Math.max(0, Math.round(dueAt * 1000));
    const text = writeToken(words, { kind, run, clock: clockMark, sender, room, seq, dueUs });
    const sent = { bot: sender, room, seq, dueAt };
    const sentAt = clock();
    recorder.observe({ kind: 'sent', at: sentAt, ...sent, ...(late && { late }) });
    this.#client.send(this.#blanks(text), (answer) => {
      const at = clock();
      if (answer.outcome === 'ok') recorder.observe({ kind: 'acked', at, sentAt, ...sent });
      else if (answer.outcome === 'timeout') recorder.observe({ kind: 'ackTimedOut', at, ...sent });
      else if (answer.outcome === 'refused') recorder.observe({ kind: 'refused', at, reason: answer.reason, ...sent });
    });
  }

  #join(): void {
    const { recorder, clock } = this.#context;
    const { number: bot, room } = this;
    this.#client.join(this.#blanks(''), (answer) => {
      const at = clock();
      if (answer.outcome === 'cut') return;
      if (answer.outcome !== 'ok') {
        const why = answer.outcome === 'refused' ? answer.reason : 'no answer';
        return recorder.observe({ kind: 'joinFailed', at, bot, room, reason: `join: ${why}` });
      }
      this.#isJoined = true;
      this.#joinedAt = at;
      recorder.observe({ kind: 'joined', at, bot, room });
      if (this.#sendsCanaries) this.#sendCanary();
      for (const text of this.#client.historyOf(answer)) recorder.foundInHistory(bot, text, at);
      for (const { text, dueAt } of this.#held.splice(0)) this.#emit(text, dueAt, 'probe', true);
    });
  }

  #blanks(text: string): Blanks {
    return { room: this.#context.rooms[this.room]!, name: this.name, text };
  }
}
