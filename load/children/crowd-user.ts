import { randomOf } from '../../base/random.ts';
import { ChatClient } from '../../bots/chat-client.ts';
import type { ChatSocket } from '../../bots/chat-socket.ts';
import { chatter, nameOf, padded } from '../../bots/chatter.ts';
import { clockMark, type RunClock } from '../../bots/clock.ts';
import { type Blanks, type Dialect, kindOf } from '../../bots/dialect/dialect.ts';
import { peerBlanks } from '../../bots/dialect/payload.ts';
import { PeerTurns } from '../../bots/peer-turns.ts';
import { writeToken } from '../../measure/ledger/token.ts';
import type { CrowdRecorder, TransportTimes } from '../../measure/record/crowd-recorder.ts';
import { HeardSequences } from '../../measure/record/heard-sequences.ts';

/** Where the crowd chats, whichever engine drives its users. */
export interface CrowdContext {
  readonly dialect: Dialect;
  readonly rooms: readonly string[];
  /** Users of each room of the crowd's own; null where they are spread over `rooms`. */
  readonly roomSize: number | null;
  readonly recorder: CrowdRecorder;
  readonly clock: RunClock;
  readonly run: number;
  readonly seed: string;
  /** Texts that may be written nowhere. */
  readonly secrets: readonly string[];
  /** Everyone of the crowd in this process who has come so far. */
  readonly users: CrowdUser[];
}

/** Crowd users are named and numbered behind the probes. */
const FIRST_NUMBER = 10_000;

/** A user of the crowd on a chat socket that a load engine made: joins its room on every connection, sends and listens. */
export class CrowdUser {
  readonly #context: CrowdContext;
  readonly #number: number;
  readonly #room: number;
  readonly #client: ChatClient;
  readonly #random: () => number;
  readonly #heard = new HeardSequences();
  readonly #times: TransportTimes;
  readonly #socket: ChatSocket;
  readonly #background: readonly NodeJS.Timeout[];
  readonly #peers = new PeerTurns<CrowdUser>();
  #link = 1;
  #seq = 0;
  #lostAt = Number.NaN;
  #isJoined = false;
  #hasJoined = false;
  /** Why it is not in its room. */
  #absence = 'join: no answer';

  /**
   * The socket is connected already, since a moment, which took it `connectMs` where that is known; `came` is what came on it of
   * the events that the dialect waits for.
   */
  constructor(
    socket: ChatSocket,
    context: CrowdContext,
    number: number,
    connectMs?: number,
    came?: Map<string, readonly unknown[]>,
  ) {
    const { recorder, clock } = context;
    this.#context = context;
    this.#number = number;
    this.#room = context.roomSize === null ? number % context.rooms.length : Math.floor(number / context.roomSize);
    this.#random = randomOf(context.seed, 'crowd', number);
    this.#times = recorder.timesOver(socket.transport);
    const isListening = kindOf(context.dialect) === 'listening';
    this.#socket = socket;
    const hear = (text: string) =>
      isListening
        ? recorder.overheard(clock())
        : recorder.delivered(this.#heard, this.#link, text, clock(), this.#times);
    this.#client = new ChatClient(socket, context.dialect, hear, came);
    context.users.push(this);
    this.#background = context.dialect.background.map(({ emit, args, every }) =>
      setInterval(() => this.#isJoined && this.#client.emit(emit, args, this.#blanks('')), every * 1000),
    );
    recorder.connected(clock(), connectMs);
    socket.watch((change) => {
      if (change.kind === 'connected') {
        this.#link++;
        recorder.connected(clock());
        if (!Number.isNaN(this.#lostAt)) recorder.reconnected(clock(), clock() - this.#lostAt);
        this.#lostAt = Number.NaN;
        this.join(() => {}, change.recovered);
      } else if (change.kind === 'disconnected') {
        this.#isJoined = false;
        if (!change.byClient) this.#lostAt = clock();
        this.#absence = `disconnected: ${change.reason}`;
        recorder.disconnected(clock(), change.reason);
        if (change.byClient) this.#goAway();
      }
    });
  }

  /** Joins the room; `joined` is called with the target's answer in, whatever it is. */
  join(joined: () => void, recovered = false): void {
    this.#client.join(this.#blanks(''), recovered, (answer) => {
      this.#isJoined = answer.outcome === 'ok';
      const { recorder, clock } = this.#context;
      if (answer.outcome === 'ok' && !this.#hasJoined) recorder.joined(clock());
      this.#hasJoined ||= this.#isJoined;
      if (answer.outcome === 'refused' || answer.outcome === 'timeout') {
        this.#absence = answer.outcome === 'refused' ? `join: ${answer.reason}` : 'join: no answer';
        recorder.failed(clock(), this.#absence);
      }
      joined();
    });
  }

  /** It was told to go before the crowd's time was over: nobody is to ask for it. */
  #goAway(): void {
    for (const timer of this.#background) clearInterval(timer);
    const { users } = this.#context;
    const at = users.indexOf(this);
    if (at >= 0) users.splice(at, 1);
  }

  /** The crowd is to leave: records whether this user was there until now. */
  leave(): void {
    for (const timer of this.#background) clearInterval(timer);
    const { recorder, clock } = this.#context;
    if (this.#isJoined) recorder.present(clock());
    else recorder.absent(clock(), this.#absence);
  }

  /** Whether it is in its room. */
  get isJoined(): boolean {
    return this.#isJoined;
  }

  /** Sends a message; drops it while not in the room. A crowd user thinks between messages: nothing is due. */
  send(): void {
    const { recorder, clock, run, dialect } = this.#context;
    if (dialect.send === 'none') return;
    const sentAt = clock();
    if (!this.#isJoined) return recorder.dropped(sentAt);
    const isDirect = dialect.send.to === 'peer';
    const isRight = (user: CrowdUser) => user !== this && user.#room === this.#room && user.#client.isIntroduced;
    const peer = isDirect ? this.#peers.next(this.#context.users, isRight) : undefined;
    if (isDirect && !peer) return recorder.dropped(sentAt);
    const dueUs = Math.max(0, Math.round(sentAt * 1000));
    const sender = FIRST_NUMBER + this.#number;
    const token = { kind: 'crowd', run, clock: clockMark, sender, room: this.#room, seq: this.#seq++, dueUs } as const;
    recorder.sent(sentAt);
    const words = padded(chatter(this.#random), dialect.send.size);
    this.#client.send(this.#blanks(writeToken(words, token), peer), (answer) => {
      if (answer.outcome === 'ok') recorder.acked(sentAt, clock(), this.#times);
      else if (answer.outcome === 'refused') recorder.refused(clock(), answer.reason);
      else if (answer.outcome === 'timeout') recorder.failed(clock(), 'no ack');
    });
  }

  #blanks(text: string, peer?: CrowdUser): Blanks {
    const name = nameOf(FIRST_NUMBER + this.#number);
    const { rooms, roomSize } = this.#context;
    const room = roomSize === null ? rooms[this.#room]! : `crowd-${this.#room + 1}`;
    const blanks = { room, name, n: String(FIRST_NUMBER + this.#number), text };
    return peer ? { ...blanks, ...peerBlanks(peer.#socket.blanks) } : blanks;
  }
}
