import type { Socket } from 'socket.io-client';
import { type Recorder, transports } from '../measure/recorder.ts';
import { writeToken } from '../measure/token.ts';
import { clockMark, type RunClock } from './clock.ts';
import { connectionTo, reasonOf } from './connection.ts';
import type { Blanks, Dialect } from './dialect.ts';
import { toMicroseconds } from './schedule.ts';
import { Voice } from './voice.ts';

/** Where and how a troupe's bots speak. */
export interface Stage {
  /** The target, user info and query included. */
  readonly url: string;
  readonly dialect: Dialect;
  /** The run's rooms by number. */
  readonly rooms: readonly string[];
  readonly recorder: Recorder;
  readonly clock: RunClock;
  /** {@link hash} of the run's id. */
  readonly run: number;
}

/**
 * A bot: one socket.io-client that tells the recorder what happens to it. It joins its rooms whenever it connects,
 * reconnects as the client does by default, and drops what it should say while it is not in the room.
 */
export class Bot {
  readonly number: number;
  readonly name: string;
  readonly rooms: readonly number[];
  readonly #stage: Stage;
  readonly #socket: Socket;
  readonly #voice: Voice;
  readonly #joined = new Set<number>();
  readonly #seqs: number[];
  #transport = 0;
  #startedAt = 0;
  #openedAt = 0;
  #lostAt = Number.NaN;

  constructor(stage: Stage, number: number, name: string, rooms: readonly number[]) {
    const { recorder, clock } = stage;
    this.#stage = stage;
    this.number = number;
    this.name = name;
    this.rooms = rooms;
    this.#seqs = stage.rooms.map(() => 0);
    this.#socket = connectionTo(stage.url, stage.dialect);
    this.#voice = new Voice(this.#socket, stage.dialect, (text) =>
      recorder.delivered(number, this.#transport, text, clock()),
    );
    this.#watch();
  }

  /** The transport of a connected bot, undefined of another. */
  get transport(): string | undefined {
    return this.#socket.connected ? transports[this.#transport] : undefined;
  }

  connect(): void {
    this.#attempt();
    this.#socket.connect();
  }

  isIn(room: number): boolean {
    return this.#socket.connected && this.#joined.has(room);
  }

  /** Says a text that was due at `dueAt`; where the bot is not in the room, the message is dropped. */
  say(room: number, text: string, dueAt: number): void {
    const { recorder, clock } = this.#stage;
    recorder.observe({ kind: 'scheduled', at: clock(), bot: this.number, room, dueAt });
    if (this.isIn(room)) this.#send(room, text, dueAt, 'probe');
    else recorder.observe({ kind: 'dropped', at: clock(), bot: this.number, room, dueAt });
  }

  /**
   * Says a last word in a room, behind which nothing of the bot's messages is left open. It is due when the talking was
   * to end, `scheduleEnd`, at the earliest: it is never counted among what was measured.
   */
  closingCall(room: number, text: string, scheduleEnd: number): void {
    const now = toMicroseconds(this.#stage.clock());
    if (this.isIn(room)) this.#send(room, text, Math.max(now, scheduleEnd), 'closing');
  }

  close(): void {
    this.#voice.close();
    this.#socket.disconnect();
    this.#socket.removeAllListeners();
    this.#socket.io.removeAllListeners();
  }

  #send(room: number, words: string, dueAt: number, kind: 'probe' | 'closing'): void {
    const { recorder, clock, run } = this.#stage;
    const seq = this.#seqs[room]!++;
    const dueUs = Math.round(dueAt * 1000);
    const text = writeToken(words, { kind, run, clock: clockMark, sender: this.number, room, seq, dueUs });
    const sent = { bot: this.number, room, seq, dueAt };
    const sentAt = clock();
    recorder.observe({ kind: 'sent', at: sentAt, ...sent });
    this.#voice.say(this.#blanks(room, text), (answer) => {
      const at = clock();
      if (answer.outcome === 'ok') recorder.observe({ kind: 'acked', at, sentAt, ...sent });
      else if (answer.outcome === 'timeout') recorder.observe({ kind: 'ackTimedOut', at, ...sent });
      else if (answer.outcome === 'refused') recorder.observe({ kind: 'refused', at, reason: answer.reason, ...sent });
    });
  }

  #watch(): void {
    const { recorder, clock } = this.#stage;
    const socket = this.#socket;
    const bot = this.number;
    socket.on('connect', () => this.#connected());
    socket.on('disconnect', (reason) => {
      this.#joined.clear();
      this.#lostAt = clock();
      recorder.observe({ kind: 'disconnected', at: this.#lostAt, bot, reason });
    });
    socket.on('connect_error', (error) => {
      recorder.observe({ kind: 'connectFailed', at: clock(), bot, reason: reasonOf(error) });
    });
    socket.io.on('reconnect_attempt', () => this.#attempt());
    socket.io.on('open', () => this.#opened());
  }

  #attempt(): void {
    this.#startedAt = this.#stage.clock();
    this.#stage.recorder.observe({ kind: 'connecting', at: this.#startedAt, bot: this.number });
  }

  #opened(): void {
    const { recorder, clock } = this.#stage;
    const bot = this.number;
    const { engine } = this.#socket.io;
    const openedAt = clock();
    const transport = engine.transport.name;
    this.#openedAt = openedAt;
    this.#setTransport(transport);
    recorder.observe({ kind: 'opened', at: openedAt, bot, transport, afterMs: openedAt - this.#startedAt });
    engine.on('upgrade', ({ name }) => {
      const at = clock();
      this.#setTransport(name);
      recorder.observe({ kind: 'upgraded', at, bot, transport: name, openedAgoMs: at - openedAt });
    });
    engine.on('upgradeError', (error) => {
      recorder.observe({ kind: 'upgradeFailed', at: clock(), bot, reason: error.message });
    });
  }

  #connected(): void {
    const { recorder, clock } = this.#stage;
    const bot = this.number;
    const at = clock();
    const { recovered } = this.#socket;
    const transport = transports[this.#transport]!;
    const times = { afterMs: at - this.#startedAt, openedAgoMs: at - this.#openedAt };
    recorder.observe({ kind: 'connected', at, bot, transport, recovered, ...times });
    if (!Number.isNaN(this.#lostAt)) {
      recorder.observe({ kind: 'reconnected', at, bot, recovered, afterMs: at - this.#lostAt });
    }
    for (const room of this.rooms) this.#join(room);
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
      recorder.observe({ kind: 'joined', at, bot, room });
      for (const text of this.#voice.historyOf(answer)) recorder.recalled(bot, text, at);
    });
  }

  #setTransport(name: string): void {
    this.#transport = Math.max(0, (transports as readonly string[]).indexOf(name));
  }

  #blanks(room: number, text: string): Blanks {
    return { room: this.#stage.rooms[room]!, name: this.name, text };
  }
}
