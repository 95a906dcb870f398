import { clientOrders } from '../../bots/client-orders.ts';
import { type BotPlan, numbers, plainBot } from '../../bots/probes-plan.ts';
import type { Schedule } from '../../bots/schedule.ts';
import type { Labels } from '../../measure/metrics/metric-key.ts';
import type { RunPlan } from '../../measure/run-record/run-record.ts';
import type { MatrixConfig } from '../../scenarios/scenario-schema.ts';
import type { Layout, TimedFault } from './layout.ts';

/** Within a wave, ms: when the talking begins and how long before the wave's end it stops; what is left is the drain. */
const TALK_FROM_MS = 500;
const TALK_TO_END_MS = 1800;
const DRAIN_MS = 1000;
/** A network is what it is before its first client comes, and goes when its last one has gone, this long before the wave's end. */
const LEAD_MS = 750;
/** How long after the last client came those before it are done with upgrading. */
const UPGRADE_MS = 500;
const TALKERS_IN_ROOM = 4;
/** Before and behind what is measured of a transport's cost, s: to come, and to go. */
const COST_MARGIN_S = 1;
/** The crowd's users think between messages, and go only then: it is told so early that it has gone before the costs, ms. */
const CROWD_GOES_MS = 3000;
const ALONE = 'alone';
const CROWD_ROOMS = 2;

/**
 * Every client order on every network, a network after the other. Where the chat has rooms each cell is in one of its
 * own, else all cells of a wave hear each other. Behind the waves, each transport has the target to itself for a while.
 */
export function layOutMatrix(matrix: MatrixConfig, hasRooms: boolean, seed: string): Layout {
  const planner = new MatrixPlanner(matrix, hasRooms, seed);
  matrix.networks.forEach((_, wave) => planner.addWave(wave));
  const wavesTo = matrix.warmup + matrix.networks.length * matrix.wave;
  const to = matrix.cost ? planner.addCosts(matrix.cost, wavesTo) : wavesTo;
  return planner.layout(wavesTo, to);
}

type RunMatrix = NonNullable<RunPlan['matrix']>;

class MatrixPlanner {
  readonly #matrix: MatrixConfig;
  readonly #hasRooms: boolean;
  readonly #seed: string;
  readonly #rooms: { readonly name: string; readonly labels: Labels; readonly endsAt: number }[] = [];
  readonly #bots: BotPlan[] = [];
  readonly #labels: Labels[] = [];
  readonly #schedules: Schedule[] = [];
  readonly #cells: RunMatrix['cells'] = [];
  readonly #costs: RunMatrix['costs'] = [];
  readonly #faults: TimedFault[] = [];

  constructor(matrix: MatrixConfig, hasRooms: boolean, seed: string) {
    this.#matrix = matrix;
    this.#hasRooms = hasRooms;
    this.#seed = seed;
  }

  /** The cells of one network: their clients come by turns, and talk while and after they come. */
  addWave(wave: number): void {
    const { orders, clients, arrive, warmup, networks } = this.#matrix;
    const { name: network, faults } = networks[wave]!;
    const from = warmup + wave * this.#matrix.wave;
    const to = from + this.#matrix.wave;
    const endsAt = to * 1000 - TALK_TO_END_MS;
    const firstBot = this.#bots.length;
    orders.forEach((order, position) => {
      const labels = { order, network };
      if (this.#hasRooms) this.#addRoom(`storm-${network}-${order}`, labels, endsAt);
      else if (position === 0) this.#addRoom(`storm-${network}`, { network }, endsAt);
      this.#cells.push({ ...labels, bots: [this.#bots.length, clients], from, to });
      const gap = arrive / clients;
      const client = { ...clientOrders[order], timeout: this.#matrix.timeout };
      for (const i of numbers(clients)) {
        const connectsAt = from * 1000 + (i + position / orders.length) * gap;
        this.#addBot({ ...plainBot, room: this.#rooms.length - 1, network: wave, client, connectsAt }, labels);
      }
    });
    const times = { onAt: Math.max(0, from * 1000 - LEAD_MS), offAt: to * 1000 - LEAD_MS - 1, times: 1 };
    if (faults.length > 0) this.#faults.push({ kind: 'links', name: network, network, faults, ...times });
    this.#addSchedules(wave, firstBot, from * 1000, endsAt);
  }

  /** A room for each transport, in which nothing else is alive; returns when the last is over, s. */
  addCosts({ measure, rate }: NonNullable<MatrixConfig['cost']>, start: number): number {
    let at = start;
    for (const transport of ['polling', 'websocket'] as const) {
      const [from, to] = [at + COST_MARGIN_S, at + COST_MARGIN_S + measure];
      const firstBot = this.#bots.length;
      const labels = { transport, network: ALONE };
      this.#addRoom(`storm-${ALONE}-${transport}`, labels, to * 1000);
      const client = { ...clientOrders[`${transport}-only`], timeout: this.#matrix.timeout };
      const network = this.#matrix.networks.length;
      for (const i of numbers(this.#matrix.clients)) {
        const connectsAt = at * 1000 + (i * TALK_FROM_MS) / this.#matrix.clients;
        this.#addBot({ ...plainBot, room: this.#rooms.length - 1, network, client, connectsAt }, labels);
      }
      this.#costs.push({ transport, network: ALONE, from, to });
      const bots = this.#talkersOf(this.#rooms.length - 1, firstBot);
      this.#addSchedule(`cost/${transport}`, bots, rate, from * 1000, to * 1000);
      at = to + COST_MARGIN_S;
    }
    return at;
  }

  layout(wavesTo: number, to: number): Layout {
    const { warmup, rate, clients, orders, networks, timeout } = this.#matrix;
    const bots = clients * orders.length;
    const talkers = orders.length * Math.min(TALKERS_IN_ROOM, clients);
    const rooms = this.#hasRooms ? orders.length : 1;
    return {
      phases: { warmup, measure: to - warmup, drain: 1 },
      rooms: this.#rooms.map(({ name }) => name),
      roomLabels: this.#rooms.map(({ labels }) => labels),
      botLabels: this.#labels,
      probes: {
        bots: this.#bots,
        schedules: this.#schedules,
        endsAt: this.#rooms.map(({ endsAt }) => endsAt),
        drainMs: DRAIN_MS,
        canaries: true,
        asksPresence: false,
      },
      crowd: {
        rooms: this.#hasRooms ? numbers(CROWD_ROOMS).map((room) => `storm-crowd-${room + 1}`) : ['storm-crowd'],
        untilMs: wavesTo * 1000 - CROWD_GOES_MS,
        network: null,
      },
      networks: [...networks.map(({ name }) => name), ALONE],
      faults: this.#faults,
      personas: [],
      calibration: { seed: this.#seed, rooms, talkers: rooms, listeners: bots - rooms },
      outages: [],
      absences: null,
      search: null,
      matrix: {
        orders: [...orders],
        networks: networks.map(({ name }) => name),
        clientTimeoutMs: timeout,
        cells: this.#cells,
        costs: this.#costs,
      },
      firstProbe: 0,
      firstUser: this.#bots.length,
      load: { bots, talkers, rooms, ratePerTalker: (rate * rooms) / talkers, arrivals: 'constant' },
    };
  }

  #addRoom(name: string, labels: Labels, endsAt: number): void {
    this.#rooms.push({ name, labels, endsAt });
  }

  #addBot(bot: BotPlan, labels: Labels): void {
    this.#bots.push(bot);
    this.#labels.push(labels);
  }

  /** In each room of a wave, some talk at the network's own rate while clients come, and then, behind a quiet time, on. */
  #addSchedules(wave: number, firstBot: number, startMs: number, toMs: number): void {
    const { arrive, rate, networks } = this.#matrix;
    const { name, rate: early = rate, quiet = 0 } = networks[wave]!;
    const comeMs = startMs + arrive + UPGRADE_MS;
    for (const room of new Set(this.#bots.slice(firstBot).map(({ room }) => room))) {
      const bots = this.#talkersOf(room, firstBot);
      this.#addSchedule(`${name}/${room}/early`, bots, early, startMs + TALK_FROM_MS, comeMs);
      this.#addSchedule(`${name}/${room}`, bots, rate, comeMs + quiet, toMs);
    }
  }

  #addSchedule(purpose: string, bots: readonly number[], rate: number, fromMs: number, toMs: number): void {
    const seed = `${this.#seed}/${purpose}`;
    this.#schedules.push({ seed, bots, rate: rate / bots.length, arrivals: 'constant', fromMs, toMs });
  }

  /** Four of a room's bots, spread over its cells. */
  #talkersOf(room: number, firstBot: number): number[] {
    const bots = numbers(this.#bots.length).filter((bot) => bot >= firstBot && this.#bots[bot]!.room === room);
    const step = Math.max(1, Math.floor(bots.length / TALKERS_IN_ROOM));
    return numbers(Math.min(TALKERS_IN_ROOM, bots.length)).map((i) => bots[this.#hasRooms ? i : i * step]!);
  }
}
