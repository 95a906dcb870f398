import { type Recorder, transports } from '../measure/recorder.ts';
import { writeToken } from '../measure/token.ts';
import { Client } from './client.ts';
import { clockMark, type RunClock } from './clock.ts';
import type { Door } from './connection.ts';
import type { Blanks, Dialect } from './dialect.ts';
import type { OfflinePolicy } from './persona.ts';
import type { Part } from './troupe-plan.ts';
import { Voice } from './voice.ts';

/** What is due before the run began counts in no second of it. */
const NEVER_DUE_AT = -1;

/** Where and how a troupe's bots speak. */
export interface Stage {
  /** The ways to the target. */
  readonly doors: readonly Door[];
  readonly dialect: Dialect;
  /** The run's rooms by number. */
  readonly rooms: readonly string[];
  readonly recorder: Recorder;
  readonly clock: RunClock;
  /** {@link hash} of the run's id. */
  readonly run: number;
}

/**
 * A bot: one client that joins its rooms whenever it connects, says what it should, and tells the recorder what it says and
 * hears. What it should say while it is not in the room is dropped, held or buffered, by its policy.
 */
export class Bot {
  readonly number: number;
  readonly name: string;
  readonly rooms: readonly number[];
  readonly #stage: Stage;
  readonly #sings: boolean;
  readonly #client: Client;
  readonly #voice: Voice;
  readonly #joined = new Set<number>();
  readonly #seqs: number[];
  readonly #offline: OfflinePolicy;
  /** What it was to say while it was not in the room, and keeps for when it is. */
  #held: { readonly room: number; readonly text: string; readonly dueAt: number }[] = [];
  /** The word that the bot waits to hear from itself; empty while it waits for none. */
  #canary = '';
  #joinedAt = 0;
  #isAsleep = false;

  /** `canaries` says whether it tries, on joining, whether its room hears it. */
  constructor(stage: Stage, number: number, name: string, part: Part, canaries: boolean) {
    this.#stage = stage;
    this.#sings = canaries;
    this.number = number;
    this.name = name;
    this.rooms = [part.room];
    this.#seqs = stage.rooms.map(() => 0);
    // socket.io-client buffers a volatile message as long as its last transport, however dead, calls itself writable.
    this.#offline = stage.dialect.send.volatile ? 'drop' : part.offline;
    const { recorder, clock, dialect } = stage;
    this.#client = new Client(stage.doors[part.door]!, dialect, part.client, {
      bot: number,
      recorder,
      clock,
      connected: () => {
        for (const room of this.rooms) this.#join(room);
      },
      lost: () => {
        this.#joined.clear();
        this.#canary = '';
      },
    });
    this.#voice = new Voice(this.#client.socket, dialect, (text) => this.#hear(text));
  }

  /** The transport of a connected bot, undefined of another. */
  get transport(): string | undefined {
    return this.#client.isConnected ? transports[this.#client.transport] : undefined;
  }

  connect(): void {
    this.#client.connect();
  }

  isIn(room: number): boolean {
    return !this.#isAsleep && this.#client.isConnected && this.#joined.has(room);
  }

  /** Says a text that was due at `dueAt`; where the bot is not in the room, its policy decides. Who sleeps says nothing. */
  say(room: number, text: string, dueAt: number): void {
    const { recorder, clock } = this.#stage;
    recorder.observe({ kind: 'scheduled', at: clock(), bot: this.number, room, dueAt });
    const policy = this.#isAsleep ? 'drop' : this.#offline;
    if (this.isIn(room)) this.#send(room, text, dueAt, 'probe');
    else if (policy === 'buffer') this.#send(room, text, dueAt, 'probe', true);
    else if (policy === 'hold') this.#held.push({ room, text, dueAt });
    else recorder.observe({ kind: 'dropped', at: clock(), bot: this.number, room, dueAt });
  }

  /** Says a last word in a room, behind which nothing of the bot's messages is left open. It is not measured. */
  closingCall(room: number, text: string): void {
    if (this.isIn(room)) this.#send(room, text, NEVER_DUE_AT, 'closing');
  }

  /** Goes for good: nothing is expected of its rooms any more. */
  leave(): void {
    const { recorder, clock } = this.#stage;
    this.#leaveRooms();
    for (const { room, dueAt } of this.#held.splice(0))
      recorder.observe({ kind: 'dropped', at: clock(), bot: this.number, room, dueAt });
    this.close();
  }

  /** Goes as someone who closes the page; {@link connect} brings it back, as a fresh session. */
  disconnect(): void {
    this.#leaveRooms();
    this.#client.disconnect();
  }

  /** Is on another network from now on, with another address of its own; it notices at once and connects again. */
  changeNetwork(localAddress: string): void {
    this.#client.changeNetwork(localAddress);
  }

  /** Says and notices nothing any more, as a computer with its lid closed. Its link has to be silent meanwhile. */
  sleep(): void {
    this.#isAsleep = true;
    this.#client.sleep();
  }

  /** Notices what it slept through, and comes back as a client does. */
  wake(): void {
    this.#isAsleep = false;
    this.#client.wake();
  }

  /** Asks the target who is in a room. */
  whoIsIn(room: number, told: (names: readonly unknown[] | undefined) => void): void {
    this.#voice.whoIsIn(this.#blanks(room, ''), told);
  }

  #leaveRooms(): void {
    const { recorder, clock } = this.#stage;
    for (const room of this.rooms) recorder.observe({ kind: 'left', at: clock(), bot: this.number, room });
    this.#joined.clear();
  }

  close(): void {
    this.#voice.close();
    this.#client.close();
  }

  #hear(text: string): void {
    const { recorder, clock } = this.#stage;
    const at = clock();
    if (this.#canary !== '' && this.#answers(text)) this.#heard(at);
    recorder.delivered(this.number, this.#client.transport, text, at);
  }

  /** Where senders do not hear themselves, whatever the room hears will do. */
  #answers(text: string): boolean {
    return this.#stage.dialect.echo ? text.includes(this.#canary) : true;
  }

  /** The bot's own word came back. */
  #heard(at: number): void {
    this.#canary = '';
    const times = { sinceConnectMs: at - this.#client.firstAt, joinedAgoMs: at - this.#joinedAt };
    const transport = transports[this.#client.transport]!;
    this.#stage.recorder.observe({ kind: 'heard', at, bot: this.number, transport, ...times });
  }

  /** Says a word that nobody waits for but the bot. */
  #sing(room: number): void {
    const { clock, run } = this.#stage;
    const fields = { run, clock: clockMark, sender: this.number, room, seq: 0, dueUs: Math.round(clock() * 1000) };
    this.#canary = writeToken('can you hear me?', { kind: 'canary', ...fields });
    this.#voice.say(this.#blanks(room, this.#canary), () => {});
  }

  /** `late` where the sender was offline when it was due. */
  #send(room: number, words: string, dueAt: number, kind: 'probe' | 'closing', late = false): void {
    const { recorder, clock, run } = this.#stage;
    const seq = this.#seqs[room]!++;
    const dueUs = Math.max(0, Math.round(dueAt * 1000));
    const text = writeToken(words, { kind, run, clock: clockMark, sender: this.number, room, seq, dueUs });
    const sent = { bot: this.number, room, seq, dueAt };
    const sentAt = clock();
    recorder.observe({ kind: 'sent', at: sentAt, ...sent, ...(late && { late }) });
    this.#voice.say(this.#blanks(room, text), (answer) => {
      const at = clock();
      if (answer.outcome === 'ok') recorder.observe({ kind: 'acked', at, sentAt, ...sent });
      else if (answer.outcome === 'timeout') recorder.observe({ kind: 'ackTimedOut', at, ...sent });
      else if (answer.outcome === 'refused') recorder.observe({ kind: 'refused', at, reason: answer.reason, ...sent });
    });
  }

  #join(room: number): void {
    const { recorder, clock } = this.#stage;
    const bot = this.number;
    this.#voice.join(this.#blanks(room, ''), (answer) => {
      const at = clock();
      if (answer.outcome === 'cut') return;
      if (answer.outcome !== 'ok') {
        const why = answer.outcome === 'refused' ? answer.reason : 'no answer';
        return recorder.observe({ kind: 'joinFailed', at, bot, room, reason: `join: ${why}` });
      }
      this.#joined.add(room);
      this.#joinedAt = at;
      recorder.observe({ kind: 'joined', at, bot, room });
      if (this.#sings) this.#sing(room);
      for (const text of this.#voice.historyOf(answer)) recorder.recalled(bot, text, at);
      this.#release(room);
    });
  }

  /** Says what was held back for a room. */
  #release(room: number): void {
    const held = this.#held;
    this.#held = held.filter((message) => message.room !== room);
    for (const message of held) if (message.room === room) this.#send(room, message.text, message.dueAt, 'probe', true);
  }

  #blanks(room: number, text: string): Blanks {
    return { room: this.#stage.rooms[room]!, name: this.name, text };
  }
}
