import { absenceKinds } from '../../bots/absence-ways.ts';
import { type BotPlan, numbers, plainBot } from '../../bots/probes-plan.ts';
import type { Schedule } from '../../bots/schedule.ts';
import type { FaultInput } from '../../faults/registry.ts';
import { labelsOf } from '../../measure/fold/recovery-fold.ts';
import type { RecoveryConfig } from '../../scenarios/scenario-schema.ts';
import type { Layout, TimedFault } from './layout.ts';

/** Before the first link is lost, s: everybody is there, and has received something. */
const CALM_S = 2;
/** Over how long the losses of the cells are spread, ms, so that not everybody comes back at once. */
const SPREAD_MS = 1000;
/** How long a fault is on that ends links, ms: shorter than anybody is away. */
const MOMENT_MS = 50;
const DRAIN_S = 2;
/** The network of those who talk, and are never away. */
const MAIN = 'main';

/**
 * Clients that lose their link and come back: a cell for each way and each time away, on a network of its own. Where the chat
 * has rooms each cell is in one of its own, with somebody who talks and is never away.
 */
export function layOutRecovery(config: RecoveryConfig, hasRooms: boolean, seed: string): Layout {
  const { ways, away, clients, rate, warmup, settle } = config;
  const cells = ways.flatMap((way) =>
    away.map((awayMs) => ({ way, awayMs, name: Object.values(labelsOf({ way, awayMs })).join('-') })),
  );
  const rooms = hasRooms ? cells.map(({ name }) => `storm-${name}`) : ['storm'];
  const talkers = rooms.length;
  const bots = talkers + cells.length * clients;
  const lostAt = (cell: number) => (warmup + CALM_S) * 1000 + (cell * SPREAD_MS) / cells.length;
  const to = Math.ceil((lostAt(cells.length - 1) + Math.max(...away)) / 1000) + settle;
  const connectsAt = (bot: number) => (bot * warmup * 500) / bots;
  const toMs = to * 1000;
  const labels = cells.map(labelsOf);
  const talking = numbers(talkers).map((room): BotPlan => ({ ...plainBot, room, connectsAt: connectsAt(room) }));
  const leaving = cells.flatMap(({ way, awayMs }, cell) =>
    numbers(clients).map((n): BotPlan => {
      const fromMs = lostAt(cell);
      return {
        ...plainBot,
        room: hasRooms ? cell : 0,
        network: cell + 1,
        // The clients of a cell come far apart, so that each is at another point of its heartbeat.
        connectsAt: connectsAt(talkers + n * cells.length + cell),
        absence: { way, fromMs, toMs: fromMs + awayMs },
      };
    }),
  );
  const firstOf = (cell: number) => talkers + cell * clients;
  const faults = cells.map(({ way, awayMs, name }, cell): TimedFault => {
    const { link, isMoment, client } = absenceKinds[way];
    const onAt = lostAt(cell);
    // A link that stays dead is so to the end: where it healed, what was on its way would arrive after all.
    const offAt = isMoment ? onAt + MOMENT_MS : client === 'asleep' ? onAt + awayMs : toMs;
    const own = numbers(clients).map((n) => firstOf(cell) + n);
    return { kind: 'links', name, network: name, faults: [link as FaultInput], times: 1, onAt, offAt, bots: own };
  });
  const schedule: Schedule = {
    seed,
    bots: numbers(talkers),
    rate,
    arrivals: 'constant',
    fromMs: warmup * 500,
    toMs,
  };
  return {
    phases: { warmup, measure: to - warmup, drain: DRAIN_S },
    rooms,
    roomLabels: hasRooms ? labels : [],
    botLabels: [],
    probes: {
      bots: [...talking, ...leaving],
      schedules: [schedule],
      endsAt: rooms.map(() => toMs),
      drainMs: DRAIN_S * 1000,
      canaries: false,
      asksPresence: false,
    },
    crowd: { rooms, untilMs: toMs, network: MAIN },
    search: null,
    networks: [MAIN, ...cells.map(({ name }) => name)],
    faults,
    personas: [],
    calibration: { seed, rooms: talkers, talkers, listeners: cells.length * clients },
    matrix: null,
    outages: [],
    absences: {
      cells: cells.map(({ way, awayMs, name }, cell) => ({
        way,
        awayMs,
        fault: name,
        bots: [firstOf(cell), clients],
        from: lostAt(cell) / 1000,
      })),
      to,
    },
    firstProbe: 0,
    firstUser: bots,
    load: { bots, talkers, rooms: rooms.length, ratePerTalker: rate, arrivals: 'constant' },
  };
}
