import { Bot, type Stage } from './bot.ts';
import { nameOf } from './chatter.ts';
import { listener, type Persona, talker } from './personas.ts';
import { turnsOf } from './schedule.ts';
import { numbers, type TroupePlan } from './troupe-plan.ts';

/** Timers are late by up to a millisecond or two; from here on the wait goes by turns of the event loop. */
const SPIN_MS = 2.5;
const TIMER_MARGIN_MS = 1.5;
/** A talker's last word may itself get lost: it is said this often, this far apart. */
const LAST_WORDS = 3;
const LAST_WORD_GAP_MS = 100;
const POLL_MS = 20;
const DOZE_MS = 250;
/** A turn of the event loop that is shorter had nothing to do but to wait. */
const IDLE_TURN_MS = 0.05;

/** The probes: N bots in one process, on one schedule. */
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
    const seeds = new Map(plan.rotas.flatMap(({ bots, seed }) => bots.map((bot) => [bot, seed] as const)));
    this.#personas = plan.parts.map((part, number) => {
      const bot = new Bot(stage, number, nameOf(number), part, plan.canaries);
      const seed = seeds.get(number);
      return seed === undefined ? listener(bot) : talker(bot, seed);
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

  /** Connects, talks through the rotas, and ends the rooms; resolves when the last one has ended. */
  async perform(): Promise<void> {
    this.#arrive();
    const rooms = this.#stage.rooms.map((_, room) => this.#endRoom(room));
    await this.#talk();
    await Promise.all(rooms);
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
    const now = this.#stage.clock();
    this.#plan.parts.forEach(({ comesAt }, number) => {
      const come = () => {
        this.#timers.delete(timer);
        if (!this.#stopped) this.#personas[number]!.bot.connect();
      };
      const timer = setTimeout(come, Math.max(0, comesAt - now));
      this.#timers.add(timer);
    });
  }

  async #talk(): Promise<void> {
    for (const { bot, dueAt } of turnsOf(...this.#plan.rotas)) {
      await this.#until(dueAt);
      if (this.#stopped) return;
      this.#personas[bot]!.turn(dueAt);
    }
  }

  /** When a room's time has come: last words, the last deliveries as long as the drain allows, and everyone goes. */
  async #endRoom(room: number): Promise<void> {
    const { clock, recorder } = this.#stage;
    const { parts, endsAt, drainMs } = this.#plan;
    const personas = numbers(parts.length).flatMap((bot) => (parts[bot]!.room === room ? this.#personas[bot]! : []));
    const end = endsAt[room]!;
    while (clock() < end && !this.#stopped) await pause(Math.min(Math.ceil(end - clock()), DOZE_MS));
    for (let i = 0; i < LAST_WORDS; i++) {
      if (i > 0) await pause(LAST_WORD_GAP_MS);
      for (const persona of personas) persona.lastWord();
    }
    const drained = clock() + drainMs;
    while (recorder.open(room) > 0 && clock() < drained) await pause(POLL_MS);
    recorder.settle(room);
    for (const { bot } of personas) bot.leave();
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
