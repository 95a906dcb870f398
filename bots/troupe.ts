import { Bot, type Stage } from './bot.ts';
import { chatter, nameOf } from './chatter.ts';
import { type LinkFault, type Network, type Persona, PersonaError } from './persona.ts';
import { randomOf } from './random.ts';
import { turnsOf } from './schedule.ts';
import type { TroupePlan } from './troupe-plan.ts';

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

const PRESENCE_MS = 1000;

/** What a troupe may need beside its plan. */
export interface Backstage {
  /** By name, who may be in it besides talkers and listeners. */
  readonly personas: Readonly<Record<string, Persona>>;
  readonly network: Network;
}

const nobody: Backstage = { personas: {}, network: { async on() {}, off() {} } };

/** The probes: N bots in one process, on one schedule. */
export class Troupe {
  readonly #stage: Stage;
  readonly #plan: TroupePlan;
  readonly #backstage: Backstage;
  readonly #bots: readonly Bot[];
  /** Who has a turn in some rota. */
  readonly #talkers: ReadonlySet<number>;
  /** By bot: what it says. */
  readonly #words: readonly (() => number)[];
  readonly #timers = new Set<NodeJS.Timeout>();
  #stopped = false;
  #idleMs = 0;

  constructor(stage: Stage, plan: TroupePlan, backstage: Backstage = nobody) {
    this.#stage = stage;
    this.#backstage = backstage;
    this.#plan = plan;
    const seeds = new Map(plan.rotas.flatMap(({ bots, seed }) => bots.map((bot) => [bot, seed] as const)));
    this.#bots = plan.parts.map((part, number) => {
      const offline = backstage.personas[part.persona?.name ?? '']?.offline ?? part.offline;
      return new Bot(stage, number, nameOf(number), { ...part, offline }, plan.canaries);
    });
    this.#talkers = new Set(seeds.keys());
    this.#words = this.#bots.map(({ number }) => randomOf(seeds.get(number) ?? '', 'chatter', number));
  }

  /** How many bots are connected, by transport. */
  connections(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const bot of this.#bots) {
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
    for (const bot of this.#bots) void this.#live(bot);
    const asking = this.#plan.asksPresence ? setInterval(() => this.#askPresence(), PRESENCE_MS) : undefined;
    await this.#talk();
    clearInterval(asking);
  }

  /** Ends the talking early; what is on its way is still waited for. */
  stop(): void {
    this.#stopped = true;
  }

  close(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const bot of this.#bots) bot.close();
  }

  #arrive(): void {
    const now = this.#stage.clock();
    this.#plan.parts.forEach(({ comesAt }, number) => {
      const come = () => {
        this.#timers.delete(timer);
        if (!this.#stopped) this.#bots[number]!.connect();
      };
      const timer = setTimeout(come, Math.max(0, comesAt - now));
      this.#timers.add(timer);
    });
  }

  /** Takes all turns and ends all rooms, in the order in which they are due, however late: last words come last. */
  async #talk(): Promise<void> {
    const ends = this.#plan.endsAt.map((at, room) => ({ at, room })).sort((a, b) => a.at - b.at);
    const endings: Promise<void>[] = [];
    const endUntil = async (dueAt: number) => {
      for (; ends[0] && ends[0].at <= dueAt; ends.shift()) {
        await this.#until(ends[0].at);
        endings.push(this.#endRoom(ends[0].room));
      }
    };
    for (const { bot, dueAt } of turnsOf(...this.#plan.rotas)) {
      await endUntil(dueAt);
      await this.#until(dueAt);
      if (this.#stopped) break;
      this.#take(this.#bots[bot]!, dueAt);
    }
    await endUntil(Number.POSITIVE_INFINITY);
    await Promise.all(endings);
  }

  #take(bot: Bot, dueAt: number): void {
    for (const room of bot.rooms) bot.say(room, chatter(this.#words[bot.number]!), dueAt);
  }

  /** Lets a persona live its part, once its time has come. */
  async #live(bot: Bot): Promise<void> {
    const part = this.#plan.parts[bot.number]!.persona;
    if (!part) return;
    const persona = this.#backstage.personas[part.name];
    if (!persona) throw new PersonaError(`Expected a persona ${part.name}.`);
    const random = randomOf(this.#stage.run, part.name, bot.number);
    const wait = async (ms: number) => {
      const { clock } = this.#stage;
      for (const end = clock() + ms; clock() < end && !this.#stopped; ) await pause(Math.min(end - clock(), DOZE_MS));
      if (this.#stopped) throw new Over();
    };
    try {
      await wait(part.actsAt - this.#stage.clock());
      await persona.live(bot, { random, pause: wait, happen: (link = []) => this.#happen(bot, part.name, link) });
    } catch (error) {
      if (error instanceof Over) return;
      const { recorder, clock } = this.#stage;
      const reason = `persona ${part.name}: ${error instanceof Error ? error.message : String(error)}`;
      recorder.observe({ kind: 'personaFailed', at: clock(), bot: bot.number, reason });
    }
  }

  async #happen({ number }: Bot, fault: string, link: readonly LinkFault[]): Promise<{ over(): void }> {
    const { recorder, clock } = this.#stage;
    const { network } = this.#backstage;
    // What its link does is told where it is done; what it does itself, here.
    if (link.length > 0) await network.on(number, fault, link);
    else recorder.observe({ kind: 'faultOn', at: clock(), fault, bots: [number] });
    return {
      over: () => {
        if (link.length > 0) network.off(number, fault);
        else recorder.observe({ kind: 'faultOff', at: clock(), fault, bots: [number] });
      },
    };
  }

  /** Has one bot of each room ask who is in it, and compares the answer with who really is, as far as that held meanwhile. */
  #askPresence(): void {
    const { recorder, clock, rooms } = this.#stage;
    rooms.forEach((_, room) => {
      const members = this.#bots.filter((bot) => bot.rooms.includes(room));
      const asker = members.find((bot) => bot.isIn(room));
      if (!asker) return;
      const before = members.map((bot) => bot.isIn(room));
      asker.whoIsIn(room, (names) => {
        if (!names || this.#stopped) return;
        let ghosts = 0;
        let missing = 0;
        members.forEach((bot, i) => {
          const isIn = bot.isIn(room);
          if (isIn !== before[i]) return;
          const listed = names.filter((name) => name === bot.name).length;
          if (listed > (isIn ? 1 : 0)) ghosts++;
          if (isIn && listed === 0) missing++;
        });
        recorder.observe({ kind: 'presence', at: clock(), room, ghosts, missing });
      });
    });
  }

  /** Last words, the last deliveries as long as the drain allows, and everyone goes. */
  async #endRoom(room: number): Promise<void> {
    const { clock, recorder } = this.#stage;
    const { parts, drainMs } = this.#plan;
    const bots = this.#bots.filter((bot) => parts[bot.number]!.room === room);
    for (let i = 0; i < LAST_WORDS; i++) {
      for (const bot of bots) if (this.#talkers.has(bot.number)) bot.closingCall(room, 'bye for now');
      await pause(LAST_WORD_GAP_MS);
    }
    const drained = clock() + drainMs;
    while (recorder.open(room) > 0 && clock() < drained) await pause(POLL_MS);
    recorder.settle(room);
    for (const bot of bots) bot.leave();
  }

  /** Waits for a time of the run's clock, by timer and then by turns of the event loop; ends early when stopped. */
  async #until(at: number): Promise<void> {
    const { clock } = this.#stage;
    for (let wait = at - clock(); wait > 0 && !this.#stopped; wait = at - clock()) {
      await (wait > SPIN_MS ? pause(Math.min(wait - TIMER_MARGIN_MS, DOZE_MS)) : this.#spin());
    }
  }

  async #spin(): Promise<void> {
    const before = this.#stage.clock();
    await nextTurn();
    const turn = this.#stage.clock() - before;
    if (turn < IDLE_TURN_MS) this.#idleMs += turn;
  }
}

/** The run is over before a persona was. */
class Over extends Error {}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
