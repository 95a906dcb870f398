import type { Times } from './delivery-window.ts';
import type { Load, Order } from './engine-order.ts';
import type { ScalingForm } from './scaling.ts';

/** How much is measured, and how long. */
export interface EngineForm {
  readonly rounds: number;
  /** How many more there are for candidates with rounds that do not count. */
  readonly spareRounds: number;
  readonly times: Times;
  readonly loads: Readonly<Record<Order['transport'], Load>>;
  readonly scaling: ScalingForm;
  /** How many whole runs of a scenario are timed. */
  readonly wholeRuns: number;
  /** The candidates whose cost is compared at few and many connections. */
  readonly scaled: readonly string[];
}

/** What figures are taken from. */
export const fullForm: EngineForm = {
  rounds: 5,
  spareRounds: 2,
  times: { settleMs: 200, warmUpMs: 3000, windowMs: 3000 },
  loads: {
    websocket: { sizes: [250, 500, 1000], arrivalsPerSecond: 250, roomSize: 1000, deliveriesPerSecond: 20_000 },
    polling: { sizes: [50, 100], arrivalsPerSecond: 100, roomSize: 100, deliveriesPerSecond: 1000 },
  },
  scaling: {
    connections: [1000, 15_000],
    arrivalsPerSecond: 1000,
    roomSize: 50,
    deliveriesPerSecond: 4000,
    rounds: 5,
    localAddresses: ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4'],
  },
  wholeRuns: 3,
  scaled: ['wire'],
};

/** Whether it runs at all: no figure of it means anything. */
export const shortForm: EngineForm = {
  rounds: 1,
  spareRounds: 0,
  times: { settleMs: 50, warmUpMs: 100, windowMs: 300 },
  loads: {
    websocket: { sizes: [10, 20], arrivalsPerSecond: 100, roomSize: 5, deliveriesPerSecond: 500 },
    polling: { sizes: [3, 6], arrivalsPerSecond: 100, roomSize: 6, deliveriesPerSecond: 60 },
  },
  scaling: {
    connections: [10, 20],
    arrivalsPerSecond: 100,
    roomSize: 5,
    deliveriesPerSecond: 500,
    rounds: 1,
    localAddresses: ['127.0.0.1', '127.0.0.2'],
  },
  wholeRuns: 0,
  scaled: ['floor'],
};
