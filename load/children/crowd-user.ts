import { randomOf } from '../../base/random.ts';
import { ChatClient } from '../../bots/chat-client.ts';
import type { ChatSocket } from '../../bots/chat-socket.ts';
import { chatter, nameOf } from '../../bots/chatter.ts';
import { clockMark, type RunClock } from '../../bots/clock.ts';
import type { Blanks, Dialect } from '../../bots/dialect.ts';
import { writeToken } from '../../measure/ledger/token.ts';
import type { CrowdRecorder, HeardSoFar, TransportTimes } from '../../measure/record/crowd-recorder.ts';

/** Where the crowd chats, whichever engine drives its users. */
export interface CrowdContext {
  readonly dialect: Dialect;
  readonly rooms: readonly string[];
  readonly recorder: CrowdRecorder;
  readonly clock: RunClock;
  readonly run: number;
  readonly seed: string;
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
  readonly #heard: HeardSoFar = { seq: new Map(), link: new Map() };
  readonly #times: TransportTimes;
  #link = 1;
  #seq = 0;
  #isJoined = false;
  #hasJoined = false;
  /** Why it is not in its room. */
  #absence = 'join: no answer';

  /** The socket is connected already. */
  constructor(socket: ChatSocket, context: CrowdContext, number: number) {
    const { recorder, clock } = context;
    this.#context = context;
    this.#number = number;
    this.#room = number % context.rooms.length;
    this.#random = randomOf(context.seed, 'crowd', number);
    this.#times = recorder.timesOver(socket.transport);
    this.#client = new ChatClient(socket, context.dialect, (text) =>
      recorder.delivered(this.#heard, this.#link, text, clock(), this.#times),
    );
    recorder.connected(clock());
    socket.watch((change) => {
      if (change.kind === 'connected') {
        this.#link++;
        recorder.connected(clock());
        this.join(() => {});
      } else if (change.kind === 'disconnected') {
        this.#isJoined = false;
        this.#absence = `disconnected: ${change.reason}`;
        recorder.disconnected(clock(), change.reason);
      }
    });
  }

  /** Joins the room; `joined` is called with the target's answer in, whatever it is. */
  join(joined: () => void): void {
    this.#client.join(this.#blanks(''), (answer) => {
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

  /** The crowd is to leave: records whether this user was there until now. */
  leave(): void {
    const { recorder, clock } = this.#context;
    if (this.#isJoined) recorder.present(clock());
    else recorder.absent(clock(), this.#absence);
  }

  /** Sends a message; drops it while not in the room. A crowd user thinks between messages: nothing is due. */
  send(): void {
    const { recorder, clock, run } = this.#context;
    const sentAt = clock();
    if (!this.#isJoined) return recorder.dropped(sentAt);
    const dueUs = Math.max(0, Math.round(sentAt * 1000));
    const sender = FIRST_NUMBER + this.#number;
    const token = { kind: 'crowd', run, clock: clockMark, sender, room: this.#room, seq: this.#seq++, dueUs } as const;
    recorder.sent(sentAt);
    this.#client.send(this.#blanks(writeToken(chatter(this.#random), token)), (answer) => {
      if (answer.outcome === 'ok') recorder.acked(sentAt, clock(), this.#times);
      else if (answer.outcome === 'refused') recorder.refused(clock(), answer.reason);
      else if (answer.outcome === 'timeout') recorder.failed(clock(), 'no ack');
    });
  }

  #blanks(text: string): Blanks {
    return { room: this.#context.rooms[this.#room]!, name: nameOf(FIRST_NUMBER + this.#number), text };
  }
}
