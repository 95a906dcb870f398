import { randomOf } from '../base/random.ts';
import { absenceKinds } from './absence-ways.ts';
import { Bot, type ProbesContext } from './bot.ts';
import { chatter, nameOf } from './chatter.ts';
import type { OfflinePolicy } from './offline-policy.ts';
import type { LinkFault, LinkFaultControl, PersonaBot } from './persona.ts';
import type { ProbesPlan } from './probes-plan.ts';
import { slotsOf } from './schedule.ts';

/** Timers are late by up to a millisecond or two; from here on the wait goes by turns of the event loop. */
const SPIN_MS = 2.5;
const TIMER_MARGIN_MS = 1.5;
/** A closing call may itself get lost: it is sent this often, this far apart. */
const CLOSING_CALLS = 3;
const CLOSING_CALL_GAP_MS = 100;
const POLL_MS = 20;
/** The longest that a wait goes without looking whether it was stopped. */
const LONGEST_PAUSE_MS = 250;
/** A turn of the event loop that is shorter had nothing to do but to wait. */
const IDLE_TURN_MS = 0.05;
const PRESENCE_MS = 1000;
/** A fault of the network is there by so long after it is due, and no earlier than so long before. */
const ONCE_DOWN_MS = 50;

/** What probes with personas need beside their plan. */
export interface PersonaSupport {
  /** What bots do while they are offline, by persona; where it says nothing, as others do. */
  readonly offline: ReadonlyMap<string, OfflinePolicy | undefined>;
  /** Has a bot live as a persona, which draws lots by `seed`. Rejects with an Error that says what went wrong. */
  live(persona: string, bot: PersonaBot, world: PersonaWorld, seed: string): Promise<void>;
  readonly linkFaults: LinkFaultControl;
}

/** What a persona can do with the world around its bot, and whether there is any more of it. */
export interface PersonaWorld {
  /** Waits; rejects when the run is over. */
  pause(ms: number): Promise<void>;
  /** Something happens to the bot, and its link does that meanwhile. Rejects where it cannot. */
  happen(link: readonly LinkFault[]): Promise<{ over(): void }>;
  isOver(): boolean;
}

const noPersonas: PersonaSupport = {
  offline: new Map(),
  async live() {},
  linkFaults: { async on() {}, off() {} },
};

/** The probes: bots in one process, on one schedule, that measure. */
export class Probes {
  readonly #context: ProbesContext;
  readonly #plan: ProbesPlan;
  readonly #support: PersonaSupport;
  readonly #bots: readonly Bot[];
  /** By room. */
  readonly #inRoom: readonly (readonly Bot[])[];
  /** The bots that have a slot in some schedule. */
  readonly #talkers: ReadonlySet<number>;
  /** By bot: what its texts are drawn from. */
  readonly #textRandom: readonly (() => number)[];
  readonly #timers = new Set<NodeJS.Timeout>();
  #isStopped = false;
  #idleMs = 0;

  constructor(context: ProbesContext, plan: ProbesPlan, support: PersonaSupport = noPersonas) {
    this.#context = context;
    this.#support = support;
    this.#plan = plan;
    const seeds = new Map(plan.schedules.flatMap(({ bots, seed }) => bots.map((bot) => [bot, seed] as const)));
    this.#bots = plan.bots.map(({ room, network, client, persona, ...bot }, number) => {
      const offline = support.offline.get(persona?.name ?? '') ?? bot.offline;
      const name = nameOf((context.firstUser ?? 0) + number);
      const roommates = () => this.#inRoom[room]!;
      return new Bot(context, {
        number,
        name,
        room,
        network,
        client,
        offline,
        sendsCanaries: plan.canaries,
        roommates,
      });
    });
    this.#inRoom = context.rooms.map((_, room) => this.#bots.filter((bot) => bot.room === room));
    this.#talkers = new Set(seeds.keys());
    this.#textRandom = this.#bots.map(({ number }) => randomOf(seeds.get(number) ?? '', 'chatter', number));
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

  /** Connects, sends by the schedules, and ends the rooms; resolves when the last one has ended. */
  async run(): Promise<void> {
    this.#connect();
    for (const bot of this.#bots) {
      void this.#livePersona(bot);
      this.#loseLink(bot);
    }
    const asking = this.#plan.asksPresence ? setInterval(() => this.#askPresence(), PRESENCE_MS) : undefined;
    await this.#send();
    clearInterval(asking);
  }

  /** Ends the sending early; what is on its way is still waited for. */
  stop(): void {
    this.#isStopped = true;
  }

  close(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const bot of this.#bots) bot.close();
  }

  #connect(): void {
    this.#plan.bots.forEach(({ connectsAt }, number) => {
      this.#at(connectsAt, () => this.#bots[number]!.connect());
    });
  }

  /** Does something at a time of the run's clock, unless it is stopped by then. */
  #at(ms: number, act: () => void): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        if (!this.#isStopped) act();
      },
      Math.max(0, ms - this.#context.clock()),
    );
    this.#timers.add(timer);
  }

  /** Has a bot do its part in losing its link and in coming back, where that is planned. */
  #loseLink(bot: Bot): void {
    const { absence } = this.#plan.bots[bot.number]!;
    if (!absence) return;
    const { way, fromMs, toMs } = absence;
    const { client } = absenceKinds[way];
    const onceDown = fromMs + ONCE_DOWN_MS;
    if (client === 'asleep') {
      this.#at(onceDown, () => bot.sleep());
      return this.#at(toMs, () => bot.wake());
    }
    this.#at(fromMs - ONCE_DOWN_MS, () => bot.stayAway());
    if (client === 'aware') this.#at(onceDown, () => bot.dropLink());
    this.#at(toMs, () => bot.comeBack());
  }

  /** Takes all slots and ends all rooms, in the order in which they are due, however late: closing calls come last. */
  async #send(): Promise<void> {
    const ends = this.#plan.endsAt.map((at, room) => ({ at, room })).sort((a, b) => a.at - b.at);
    const endings: Promise<void>[] = [];
    const endUntil = async (dueAt: number) => {
      for (; ends[0] && ends[0].at <= dueAt; ends.shift()) {
        await this.#until(ends[0].at);
        endings.push(this.#endRoom(ends[0].room));
      }
    };
    for (const { bot, dueAt } of slotsOf(...this.#plan.schedules)) {
      await endUntil(dueAt);
      await this.#until(dueAt);
      if (this.#isStopped) break;
      this.#bots[bot]!.send(chatter(this.#textRandom[bot]!), dueAt);
    }
    await endUntil(Number.POSITIVE_INFINITY);
    await Promise.all(endings);
  }

  /** Lets a persona do what it does, once its time has come. */
  async #livePersona(bot: Bot): Promise<void> {
    const plan = this.#plan.bots[bot.number]!.persona;
    if (!plan) return;
    const { name } = plan;
    const { run, clock, recorder } = this.#context;
    const world: PersonaWorld = {
      pause: async (ms) => {
        for (const end = clock() + ms; clock() < end && !this.#isStopped; )
          await pause(Math.min(end - clock(), LONGEST_PAUSE_MS));
        if (this.#isStopped) throw new Error('The run is over.');
      },
      happen: (link) => this.#happen(bot, name, link),
      isOver: () => this.#isStopped,
    };
    try {
      await world.pause(plan.actsAt - clock());
      await this.#support.live(name, bot, world, [run, name, bot.number].join('/'));
    } catch (error) {
      if (this.#isStopped) return;
      const reason = `persona ${name}: ${(error as Error).message}`;
      recorder.observe({ kind: 'personaFailed', at: clock(), bot: bot.number, reason });
    }
  }

  async #happen({ number }: Bot, fault: string, link: readonly LinkFault[]): Promise<{ over(): void }> {
    const { recorder, clock } = this.#context;
    const { linkFaults } = this.#support;
    // What its link does is recorded where it is done; what it does itself, here.
    if (link.length > 0) await linkFaults.on(number, fault, link);
    else recorder.observe({ kind: 'faultOn', at: clock(), fault, bots: [number] });
    return {
      over: () => {
        if (link.length > 0) linkFaults.off(number, fault);
        else recorder.observe({ kind: 'faultOff', at: clock(), fault, bots: [number] });
      },
    };
  }

  /** Has one bot of each room ask who is in it, and compares the answer with who really is, as far as that held meanwhile. */
  #askPresence(): void {
    const { recorder, clock, rooms } = this.#context;
    rooms.forEach((_, room) => {
      const members = this.#inRoom[room]!;
      const asker = members.find((bot) => bot.isInRoom);
      if (!asker) return;
      const before = members.map((bot) => bot.isInRoom);
      asker.askMembers((names) => {
        if (!names || this.#isStopped) return;
        let ghosts = 0;
        let missing = 0;
        members.forEach((bot, i) => {
          if (bot.isInRoom !== before[i]) return;
          const listed = names.filter((name) => name === (bot.facts.name ?? bot.name)).length;
          if (listed > (bot.isInRoom ? 1 : 0)) ghosts++;
          if (bot.isInRoom && listed === 0) missing++;
        });
        recorder.observe({ kind: 'presence', at: clock(), room, ghosts, missing });
      });
    });
  }

  /** Closing calls, the last deliveries as long as the drain allows, and all bots of the room leave. */
  async #endRoom(room: number): Promise<void> {
    const { clock, recorder } = this.#context;
    const bots = this.#inRoom[room]!;
    for (let i = 0; i < CLOSING_CALLS; i++) {
      for (const bot of bots) if (this.#talkers.has(bot.number)) bot.sendClosingCall('bye for now');
      await pause(CLOSING_CALL_GAP_MS);
    }
    const drained = clock() + this.#plan.drainMs;
    while (recorder.open(room) > 0 && clock() < drained) await pause(POLL_MS);
    recorder.settle(room);
    for (const bot of bots) bot.leave();
  }

  /** Waits for a time of the run's clock, by timer and then by turns of the event loop; ends early when stopped. */
  async #until(at: number): Promise<void> {
    const { clock } = this.#context;
    for (let wait = at - clock(); wait > 0 && !this.#isStopped; wait = at - clock()) {
      await (wait > SPIN_MS ? pause(Math.min(wait - TIMER_MARGIN_MS, LONGEST_PAUSE_MS)) : this.#spin());
    }
  }

  async #spin(): Promise<void> {
    const before = this.#context.clock();
    await nextTurn();
    const turn = this.#context.clock() - before;
    if (turn < IDLE_TURN_MS) this.#idleMs += turn;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
