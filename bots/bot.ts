import { writeToken } from '../measure/ledger/token.ts';
import { transports } from '../measure/metrics/transports.ts';
import type { Recorder } from '../measure/record/recorder.ts';
import { ChatClient } from './chat-client.ts';
import type { ChatConnection, LinkChange } from './chat-socket.ts';
import { padded } from './chatter.ts';
import type { ClientOptions } from './client-orders.ts';
import { clockMark, type RunClock } from './clock.ts';
import { type Blanks, type Dialect, isDirect, kindOf } from './dialect/dialect.ts';
import { peerBlanks } from './dialect/payload.ts';
import type { Endpoint } from './endpoint.ts';
import { LinkRecorder } from './link-recorder.ts';
import type { OfflinePolicy } from './offline-policy.ts';
import { PeerTurns } from './peer-turns.ts';
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
  /** The number of the first bot among all users of the run. */
  readonly firstUser?: number;
  /** Makes the connection of user `n`, which is not connected yet. */
  readonly connectionTo: (n: number, endpoint: Endpoint, client: ClientOptions) => ChatConnection;
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
  /** The bots of its room, itself included; asked for once they are all there. */
  readonly roommates: () => readonly Bot[];
}

/** A roommate that has just come itself may not be heard yet: others are asked until one is. */
const CANARY_RETRY_MS = 300;

/** What stands for a canary that a bot does not send itself: whatever it hears first will do. */
const ANYTHING = 'anything';

/**
 * A bot: one connection that joins its room whenever it is made, and tells the recorder what it sends and hears. What is
 * due while it is not in the room is dropped, held or buffered, by its policy.
 */
export class Bot implements PersonaBot {
  readonly number: number;
  readonly name: string;
  readonly room: number;
  readonly #context: ProbesContext;
  readonly #user: number;
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
  /** Whether the canary was sent as soon as the bot had joined. */
  #isAsked = false;
  #retry: NodeJS.Timeout | undefined;
  #isAsleep = false;
  readonly #roommates: () => readonly Bot[];
  readonly #peers = new PeerTurns<Bot>();

  constructor(context: ProbesContext, options: BotOptions) {
    const { number, name, room, network, client, offline, sendsCanaries, roommates } = options;
    const { recorder, clock, dialect, endpoints, connectionTo, firstUser = 0 } = context;
    this.#user = firstUser + number;
    this.#roommates = roommates;
    this.#context = context;
    this.#sendsCanaries = sendsCanaries;
    this.number = number;
    this.name = name;
    this.room = room;
    // socket.io-client buffers a volatile message as long as its last transport, however dead, calls itself writable.
    this.#offline = dialect.send !== 'none' && dialect.send.volatile ? 'drop' : offline;
    this.#links = new LinkRecorder(number, recorder, clock);
    this.#connection = connectionTo(this.#user, endpoints[network]!, client);
    this.#connection.watch((change) => this.#changed(change));
    const isListening = kindOf(dialect) === 'listening';
    this.#client = new ChatClient(this.#connection, dialect, (text, sentAt) =>
      isListening ? this.#overhear(text, sentAt) : this.#hear(text),
    );
    this.#client.onNode((node) => recorder.observe({ kind: 'onNode', at: clock(), bot: number, node }));
  }

  /** The transport of a connected bot, undefined of another. */
  get transport(): string | undefined {
    return this.#connection.isConnected ? transports[this.#links.transport] : undefined;
  }

  /** What the target and its own credentials call it. */
  get facts(): Blanks {
    return this.#connection.blanks;
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

  stayAway(): void {
    this.#connection.stayAway();
  }

  dropLink(): void {
    this.#connection.dropLink();
  }

  comeBack(): void {
    this.#connection.comeBack();
  }

  /** Asks the target who is in the room; undefined where it does not say. */
  askMembers(told: (names: readonly unknown[] | undefined) => void): void {
    this.#client.membersOf(this.#blanks(''), told);
  }

  close(): void {
    clearTimeout(this.#retry);
    this.#client.close();
    this.#connection.close();
  }

  #changed(change: LinkChange): void {
    if (change.kind === 'disconnected') {
      this.#isJoined = false;
      this.#canary = '';
    }
    this.#links.observe(change);
    if (change.kind === 'connected') this.#join(change.recovered);
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

  /** Hears what the server said of itself. */
  #overhear(key: string, sentAt: number | undefined): void {
    const { recorder, clock } = this.#context;
    const at = clock();
    if (this.#canary !== '') this.#canaryHeard(at);
    // The server's times are of the wall clock, and so is the time that they are held against.
    const latencyMs = sentAt === undefined ? undefined : Math.max(0, Date.now() - sentAt);
    recorder.overheard(this.number, this.room, this.#links.transport, key, at, latencyMs);
  }

  #answersCanary(text: string): boolean {
    return this.#canary === ANYTHING || text.includes(this.#canary);
  }

  #canaryHeard(at: number): void {
    // Where nobody could send one at once, the wait is not the connection's.
    const since = this.#isAsked ? at : this.#joinedAt;
    this.#canary = '';
    const times = { sinceConnectMs: since - this.#links.firstAt, joinedAgoMs: at - this.#joinedAt };
    const transport = transports[this.#links.transport]!;
    this.#context.recorder.observe({ kind: 'heard', at, bot: this.number, transport, ...times });
  }

  /**
   * Has a message sent that only this bot waits for: by itself where it hears itself; otherwise a roommate sends it, or
   * whatever it hears first will do.
   */
  #sendCanary(): void {
    const { dialect } = this.#context;
    const hearsItself = kindOf(dialect) === 'asking' || (kindOf(dialect) === 'chat' && dialect.echo);
    const others = this.#roommates().filter((bot) => bot !== this && bot.isInRoom);
    this.#canary = ANYTHING;
    this.#isAsked = hearsItself || others.length > 0;
    if (hearsItself) this.#canary = this.#callOut(this);
    else if (kindOf(dialect) === 'chat') {
      const [helper] = others;
      if (helper) helper.#callOut(this);
      for (const other of others) if (other.#canary !== '') this.#callOut(other);
      clearTimeout(this.#retry);
      this.#retry = setTimeout(() => this.#canary !== '' && this.isInRoom && this.#sendCanary(), CANARY_RETRY_MS);
    }
  }

  /** Sends a canary that a bot of its room should hear; its text. */
  #callOut(to: Bot): string {
    const { clock, run } = this.#context;
    const { number: sender, room } = this;
    const fields = { run, clock: clockMark, sender, room, seq: 0, dueUs: Math.round(clock() * 1000) };
    const text = writeToken('can you hear me?', { kind: 'canary', ...fields });
    this.#client.send(this.#blanks(text, to), () => {});
    return text;
  }

  /** `late` where the sender was offline when it was due. */
  #emit(words: string, dueAt: number, kind: 'probe' | 'closing', late = false): void {
    const { recorder, clock, run, dialect } = this.#context;
    const { number: sender, room } = this;
    const needsPeer = isDirect(dialect);
    const peer = needsPeer
      ? this.#peers.next(this.#roommates(), (bot) => bot !== this && bot.#client.isIntroduced)
      : undefined;
    if (needsPeer && !peer) {
      if (kind === 'probe') recorder.observe({ kind: 'dropped', at: clock(), bot: sender, room, dueAt });
      return;
    }
    const seq = this.#nextSeq++;
    const dueUs = Math.max(0, Math.round(dueAt * 1000));
    const size = dialect.send === 'none' ? null : dialect.send.size;
    const text = writeToken(padded(words, size), { kind, run, clock: clockMark, sender, room, seq, dueUs });
    const to = kindOf(dialect) === 'asking' ? sender : peer?.number;
    const sent = { bot: sender, room, seq, dueAt, ...(to !== undefined && { to }) };
    const sentAt = clock();
    recorder.observe({ kind: 'sent', at: sentAt, ...sent, ...(late && { late }) });
    this.#client.send(this.#blanks(text, peer), (answer) => {
      const at = clock();
      if (answer.outcome === 'ok') recorder.observe({ kind: 'acked', at, sentAt, ...sent });
      else if (answer.outcome === 'timeout') recorder.observe({ kind: 'ackTimedOut', at, ...sent });
      else if (answer.outcome === 'refused') recorder.observe({ kind: 'refused', at, reason: answer.reason, ...sent });
    });
  }

  #join(recovered: boolean): void {
    const { recorder, clock } = this.#context;
    const { number: bot, room } = this;
    this.#client.join(this.#blanks(''), recovered, (answer) => {
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

  #blanks(text: string, peer?: Bot): Blanks {
    const blanks = { room: this.#context.rooms[this.room]!, name: this.name, n: String(this.#user), text };
    if (!peer) return blanks;
    const facts = { name: peer.name, ...peer.facts };
    return { ...blanks, ...peerBlanks(facts) };
  }
}
