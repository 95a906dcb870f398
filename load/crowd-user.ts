import { chatter, nameOf } from '../bots/chatter.ts';
import { clockMark, type RunClock } from '../bots/clock.ts';
import type { Blanks, Dialect } from '../bots/dialect.ts';
import { randomOf } from '../bots/random.ts';
import { Voice, type VoiceSocket } from '../bots/voice.ts';
import type { CrowdRecorder, HeardSoFar, TransportTimes } from '../measure/crowd-recorder.ts';
import { writeToken } from '../measure/token.ts';

/** Where the crowd speaks, whichever engine drives its users. */
export interface CrowdStage {
  readonly dialect: Dialect;
  readonly rooms: readonly string[];
  readonly recorder: CrowdRecorder;
  readonly clock: RunClock;
  readonly run: number;
  readonly seed: string;
}

/** Crowd users are named and numbered behind the probes. */
const FIRST_NUMBER = 10_000;

/** A user of the crowd on a socket that a load engine made: joins its room again after every reconnection, talks and listens. */
export class CrowdUser {
  readonly #stage: CrowdStage;
  readonly #number: number;
  readonly #room: number;
  readonly #voice: Voice;
  readonly #random: () => number;
  readonly #heard: HeardSoFar = { seq: new Map(), link: new Map() };
  readonly #times: TransportTimes;
  #link = 1;
  #seq = 0;
  #joined = false;

  /** `transport` is the one that it came by. */
  constructor(socket: VoiceSocket, stage: CrowdStage, number: number, transport: string) {
    const { recorder, clock } = stage;
    this.#stage = stage;
    this.#number = number;
    this.#room = number % stage.rooms.length;
    this.#random = randomOf(stage.seed, 'crowd', number);
    this.#times = recorder.timesOver(transport);
    this.#voice = new Voice(socket, stage.dialect, (text) =>
      recorder.delivered(this.#heard, this.#link, text, clock(), this.#times),
    );
    recorder.connected(clock());
    socket.on('connect', () => {
      this.#link++;
      recorder.connected(clock());
      this.enter(() => {});
    });
    socket.on('disconnect', (reason) => {
      this.#joined = false;
      recorder.disconnected(clock(), String(reason));
    });
  }

  /** Joins the room; `entered` is called with the target's answer in, whatever it is. */
  enter(entered: () => void): void {
    this.#voice.join(this.#blanks(''), (answer) => {
      this.#joined = answer.outcome === 'ok';
      const { recorder, clock } = this.#stage;
      if (answer.outcome === 'refused') recorder.failed(clock(), 'errors', `join: ${answer.reason}`);
      if (answer.outcome === 'timeout') recorder.failed(clock(), 'errors', 'join: no answer');
      entered();
    });
  }

  /** Says something; drops it while not in the room. A crowd user thinks between messages: nothing is due. */
  say(): void {
    const { recorder, clock, run } = this.#stage;
    const sentAt = clock();
    if (!this.#joined) return recorder.dropped(sentAt);
    const dueUs = Math.max(0, Math.round(sentAt * 1000));
    const sender = FIRST_NUMBER + this.#number;
    const token = { kind: 'crowd', run, clock: clockMark, sender, room: this.#room, seq: this.#seq++, dueUs } as const;
    recorder.sent(sentAt);
    this.#voice.say(this.#blanks(writeToken(chatter(this.#random), token)), (answer) => {
      if (answer.outcome === 'ok') recorder.acked(sentAt, clock(), this.#times);
      else if (answer.outcome === 'refused') recorder.refused(clock(), answer.reason);
      else if (answer.outcome === 'timeout') recorder.failed(clock(), 'errors', 'no ack');
    });
  }

  #blanks(text: string): Blanks {
    return { room: this.#stage.rooms[this.#room]!, name: nameOf(FIRST_NUMBER + this.#number), text };
  }
}
