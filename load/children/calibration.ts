import { hash } from '../../base/hash.ts';
import { hostNow, runClock } from '../../bots/clock.ts';
import { rooms as dialect } from '../../bots/dialect/built-in.ts';
import { Probes } from '../../bots/probes.ts';
import { evenProbes } from '../../bots/probes-plan.ts';
import { connectorOf } from '../../bots/socketio/socketio-connection.ts';
import { Histogram } from '../../measure/metrics/histogram.ts';
import { sourceOf } from '../../measure/metrics/source.ts';
import { Recorder } from '../../measure/record/recorder.ts';
import { distributionOf } from '../../measure/statistics/distribution.ts';
import { type CalibrationPlan, roomNames } from '../plan/layout.ts';
import type { Floor } from './messages.ts';

/**
 * The bots connect, warm up until two seconds are over, and are measured for the two seconds after them. The clock is ahead when
 * they begin: Artillery, which starts meanwhile, takes a core for about as long as is left of the first two.
 */
const CLOCK_AHEAD_MS = 400;
const ARRIVE_MS = 650;
const SEND_FROM_MS = 1000;
const MEASURE_FROM_S = 2;
const SEND_TO_MS = 4000;
const DRAIN_MS = 250;
/** Enough messages for a p99, as long as they are no more deliveries than any machine can do. */
const MESSAGES_PER_SECOND = 350;
const DELIVERIES_PER_SECOND = 5000;

/** Measures the harness itself: two measured seconds against a null target. */
export async function calibrate(url: string, plan: CalibrationPlan): Promise<Floor> {
  const { talkers, listeners } = plan;
  const bots = talkers + listeners;
  const rooms = roomNames(plan.rooms);
  const messagesPerSecond = Math.min(MESSAGES_PER_SECOND, DELIVERIES_PER_SECOND / (bots / rooms.length));
  const run = hash('calibration');
  const recorder = new Recorder(sourceOf('probes'), { run }, { bots, rooms: rooms.length, echo: true });
  const context = {
    endpoints: [{ url }],
    dialect,
    rooms,
    recorder,
    clock: runClock(hostNow() - CLOCK_AHEAD_MS),
    run,
    connectionTo: await connectorOf(dialect, url),
  };
  const spans = { arriveMs: ARRIVE_MS, fromMs: SEND_FROM_MS, toMs: SEND_TO_MS, drainMs: DRAIN_MS };
  const schedule = { ...plan, rate: messagesPerSecond / talkers, arrivals: 'constant', ...spans } as const;
  const probes = new Probes(context, evenProbes(schedule));
  try {
    await probes.run();
  } finally {
    probes.close();
  }
  const latency = new Histogram();
  let messages = 0;
  for (const line of recorder.flush()) {
    if (!('counters' in line) || line.at < MEASURE_FROM_S) continue;
    messages += line.counters['messages.complete'] ?? 0;
    const encoded = line.histograms['broadcast.latency'];
    if (encoded) latency.addEncoded(encoded);
  }
  const { p50, p99 } = distributionOf(latency, messages);
  return { p50, p99, messages };
}
