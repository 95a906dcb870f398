import { transportNumber, transports } from '../measure/metrics/transports.ts';
import type { Recorder } from '../measure/record/recorder.ts';
import type { LinkChange } from './chat-socket.ts';
import type { RunClock } from './clock.ts';

/** Tells the recorder of every change of a bot's link, and how long each took. */
export class LinkRecorder {
  readonly #bot: number;
  readonly #recorder: Recorder;
  readonly #clock: RunClock;
  #transport = 0;
  #firstAt = Number.NaN;
  #startedAt = 0;
  #openedAt = 0;
  #lostAt = Number.NaN;

  constructor(bot: number, recorder: Recorder, clock: RunClock) {
    this.#bot = bot;
    this.#recorder = recorder;
    this.#clock = clock;
  }

  /** The number of the link's transport in {@link transports}, of the last one while there is none. */
  get transport(): number {
    return this.#transport;
  }

  /** When the bot first tried to connect, ms; NaN before. */
  get firstAt(): number {
    return this.#firstAt;
  }

  observe(change: LinkChange): void {
    const at = this.#clock();
    const [bot, recorder] = [this.#bot, this.#recorder];
    switch (change.kind) {
      case 'connecting':
        if (Number.isNaN(this.#firstAt)) this.#firstAt = at;
        this.#startedAt = at;
        return recorder.observe({ kind: 'connecting', at, bot });
      case 'opened': {
        const { transport } = change;
        this.#openedAt = at;
        this.#transport = transportNumber(transport);
        return recorder.observe({ kind: 'opened', at, bot, transport, afterMs: at - this.#startedAt });
      }
      case 'upgraded': {
        const { transport } = change;
        this.#transport = transportNumber(transport);
        return recorder.observe({ kind: 'upgraded', at, bot, transport, openedAgoMs: at - this.#openedAt });
      }
      case 'upgradeFailed':
        return recorder.observe({ kind: 'upgradeFailed', at, bot, reason: change.reason });
      case 'connectFailed':
        return recorder.observe({ kind: 'connectFailed', at, bot, reason: change.reason });
      case 'connected':
        return this.#connected(at, change.recovered);
      case 'disconnected':
        // A client that left by itself has lost nothing.
        this.#lostAt = change.byClient ? Number.NaN : at;
        return recorder.observe({ kind: 'disconnected', at, bot, reason: change.reason });
    }
  }

  #connected(at: number, recovered: boolean): void {
    const [bot, recorder] = [this.#bot, this.#recorder];
    const transport = transports[this.#transport]!;
    const times = { afterMs: at - this.#startedAt, openedAgoMs: at - this.#openedAt };
    recorder.observe({ kind: 'connected', at, bot, transport, recovered, ...times });
    if (Number.isNaN(this.#lostAt)) return;
    recorder.observe({ kind: 'reconnected', at, bot, recovered, afterMs: at - this.#lostAt });
  }
}
