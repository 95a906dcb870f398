import { hostNow, runClock } from '../bots/clock.ts';
import { dialects } from '../bots/dialect.ts';
import { Troupe } from '../bots/troupe.ts';
import { evenTroupe } from '../bots/troupe-plan.ts';
import { distributionOf } from '../measure/distribution.ts';
import { Histogram } from '../measure/histogram.ts';
import { Recorder } from '../measure/recorder.ts';
import type { RunRecord } from '../measure/run-record.ts';
import { hash } from '../measure/token.ts';
import { roomNames } from './probes-staging.ts';

/** What the harness itself adds to a latency, ms. */
export type Floor = NonNullable<RunRecord['floor']>;

/** The bots arrive, warm up until the first second is over, and are measured for the two seconds after it. */
const ARRIVE_MS = 250;
const TALK_FROM_MS = 500;
const MEASURE_FROM_S = 1;
const TALK_TO_MS = 3000;
/** Enough messages for a p99, as long as they are no more deliveries than any machine can do. */
const MESSAGES_PER_SECOND = 350;
const DELIVERIES_PER_SECOND = 5000;

/** Who performs for it: as many as will be connected at a time, in as many rooms. */
export interface CalibrationPlan {
  readonly seed: string;
  readonly rooms: number;
  readonly talkers: number;
  readonly listeners: number;
}

/** Performs for two measured seconds against a null target. */
export async function calibrate(url: string, plan: CalibrationPlan): Promise<Floor> {
  const { talkers, listeners } = plan;
  const bots = talkers + listeners;
  const rooms = roomNames(plan.rooms);
  const messagesPerSecond = Math.min(MESSAGES_PER_SECOND, DELIVERIES_PER_SECOND / (bots / rooms.length));
  const run = hash('calibration');
  const recorder = new Recorder('calibration', { run }, { bots, rooms: rooms.length, echo: true });
  const stage = { doors: [{ url }], dialect: dialects.rooms, rooms, recorder, clock: runClock(hostNow()), run };
  const spans = { arriveMs: ARRIVE_MS, fromMs: TALK_FROM_MS, toMs: TALK_TO_MS, drainMs: ARRIVE_MS };
  const troupe = new Troupe(
    stage,
    evenTroupe({ ...plan, rate: messagesPerSecond / talkers, arrivals: 'constant', ...spans }),
  );
  try {
    await troupe.perform();
  } finally {
    troupe.close();
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
