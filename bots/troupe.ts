import { Bot, type Stage } from './bot.ts';
import { nameOf } from './chatter.ts';
import { listener, type Persona, talker } from './personas.ts';
import { type Rota, type Turn, turnsOf } from './schedule.ts';

export interface TroupePlan {
  readonly rota: Rota;
  readonly listeners: number;
  /** Over how long the bots' connections are spread, ms. */
  readonly arriveMs: number;
  /** How long to wait for the last deliveries at most, ms. */
  readonly drainMs: number;
}

/** Timers are late by up to a millisecond or two; from here on the wait goes by turns of the event loop. */
const SPIN_MS = 2.5;
const TIMER_MARGIN_MS = 1.5;
/** A talker's last word may itself get lost: it is said this often, this far apart. */
const LAST_WORDS = 3;
const LAST_WORD_GAP_MS = 100;
const POLL_MS = 20;
/** A turn of the event loop that is shorter had nothing to do but to wait. */
const IDLE_TURN_MS = 0.05;

/** The probes: N bots in one process, talkers first, on one schedule. */
export class Troupe {
  readonly #stage: Stage;
  readonly #plan: TroupePlan;
  readonly #personas: readonly Persona[];
  readonly #timers = new Set<NodeJS.Timeout>();
  #stopped = false;
  #idleMs = 0;

  constructor(stage: Stage, plan: TroupePlan) {
    this.#stage = stage;
    this.#plan = plan;
    const { talkers, seed } = plan.rota;
    this.#personas = Array.from({ length: talkers + plan.listeners }, (_, number) => {
      const seat = number < talkers ? number : number - talkers;
      const bot = new Bot(stage, number, nameOf(number), [seat % stage.rooms.length]);
      return number < talkers ? talker(bot, seed) : listener(bot);
    });
  }

  /** How many bots are connected, by transport. */
  connections(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { bot } of this.#personas) {
      if (bot.transport) counts.set(bot.transport, (counts.get(bot.transport) ?? 0) + 1);
    }
    return counts;
  }

  /** For how long, since it was last asked, turns of the event loop were spent on waiting: they are not work. */
  takeIdleMs(): number {
    const idle = this.#idleMs;
    this.#idleMs = 0;
    return idle;
  }

  /** Connects, talks through the rota, says the last words and waits until everything has arrived or the drain is over. */
  async perform(): Promise<void> {
    this.#arrive();
    await this.#talk();
    await this.#drain();
  }

  /** Ends the talking early; what is on its way is still waited for. */
  stop(): void {
    this.#stopped = true;
  }

  close(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const { bot } of this.#personas) bot.close();
  }

  #arrive(): void {
    const step = this.#plan.arriveMs / this.#personas.length;
    this.#personas.forEach(({ bot }, i) => {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        bot.connect();
      }, i * step);
      this.#timers.add(timer);
    });
  }

  async #talk(): Promise<void> {
    for (const turn of turnsOf(this.#plan.rota)) {
      await this.#until(turn.dueAt);
      if (this.#stopped) return;
      this.#take(turn);
    }
    await this.#until(this.#plan.rota.toMs);
  }

  #take({ talker, dueAt }: Turn): void {
    this.#personas[talker]!.turn(dueAt);
  }

  async #drain(): Promise<void> {
    for (let i = 0; i < LAST_WORDS; i++) {
      if (i > 0) await pause(LAST_WORD_GAP_MS);
      for (const persona of this.#personas) persona.lastWord(this.#plan.rota.toMs);
    }
    const { clock, recorder } = this.#stage;
    const end = clock() + this.#plan.drainMs;
    while (recorder.ledger.open > 0 && clock() < end) await pause(POLL_MS);
  }

  /** Waits for a time of the run's clock, by timer and then by turns of the event loop; ends early when stopped. */
  async #until(at: number): Promise<void> {
    const { clock } = this.#stage;
    for (let wait = at - clock(); wait > 0 && !this.#stopped; wait = at - clock()) {
      await (wait > SPIN_MS ? pause(Math.min(wait - TIMER_MARGIN_MS, 250)) : this.#spin());
    }
  }

  async #spin(): Promise<void> {
    const before = this.#stage.clock();
    await nextTurn();
    const turn = this.#stage.clock() - before;
    if (turn < IDLE_TURN_MS) this.#idleMs += turn;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
