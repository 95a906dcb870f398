import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { hash } from '../base/hash.ts';
import { hostNow, runClock } from '../bots/clock.ts';
import { rooms as dialect } from '../bots/dialect/built-in.ts';
import { Probes } from '../bots/probes.ts';
import { evenProbes } from '../bots/probes-plan.ts';
import { connectorOf } from '../bots/socketio/socketio-connection.ts';
import { calibrate } from '../load/children/calibration.ts';
import { anomalies } from '../measure/metrics/events.ts';
import { sourceOf } from '../measure/metrics/source.ts';
import { Recorder } from '../measure/record/recorder.ts';

const DELIVERIES = 1_000_000;
const LISTENERS = 46;
const TALKERS = 4;
const RATE = 100;
const ROOMS = ['storm-1', 'storm-2'];

/** What the harness itself adds: its floor against a null target, ms. */
export async function measureFloor() {
  return withServer('../load/children/null-target-main.ts', {}, (url) =>
    calibrate(url, { seed: 'bench', rooms: ROOMS.length, talkers: TALKERS, listeners: 20 }),
  );
}

/** A million deliveries of the reference chat: how many of each outcome and anomaly, and how long it took, s. */
export async function countMillion() {
  const options = JSON.stringify({ port: 0, messagesPerSecond: 0, page: false });
  return withServer('../server/main.ts', { CHATSTORM_SERVER: options }, async (url) => {
    const bots = TALKERS + LISTENERS;
    const run = hash('million');
    const recorder = new Recorder(sourceOf('probes'), { run }, { bots, rooms: ROOMS.length, echo: true });
    const seconds = Math.ceil((DELIVERIES * ROOMS.length) / (TALKERS * RATE * bots));
    const plan = evenProbes({
      seed: 'bench',
      rooms: ROOMS.length,
      talkers: TALKERS,
      listeners: LISTENERS,
      rate: RATE,
      arrivals: 'constant',
      arriveMs: 1000,
      fromMs: 2000,
      toMs: (2 + seconds) * 1000,
      drainMs: 5000,
    });
    const context = {
      endpoints: [{ url }],
      connectionTo: await connectorOf(dialect, url),
      dialect,
      rooms: ROOMS,
      recorder,
      clock: runClock(hostNow()),
      run,
    };
    const probes = new Probes(context, plan);
    const counts = new Map<string, number>();
    const collect = () => {
      for (const line of recorder.flush()) {
        if (!('counters' in line)) continue;
        for (const [key, n] of Object.entries(line.counters)) counts.set(key, (counts.get(key) ?? 0) + n);
      }
    };
    const timer = setInterval(collect, 1000);
    await probes.run();
    clearInterval(timer);
    recorder.close(0);
    collect();
    probes.close();
    const of = (name: string) => counts.get(name) ?? 0;
    return {
      seconds,
      expected: of('delivery.expected'),
      delivered: of('delivery.delivered'),
      lost: of('delivery.lost'),
      unknown: of('delivery.unknown'),
      anomalies: Object.fromEntries(anomalies.map((anomaly) => [anomaly, of(`delivery.${anomaly}`)])),
    };
  });
}

async function withServer<T>(main: string, env: Record<string, string>, use: (url: string) => Promise<T>): Promise<T> {
  const server = fork(fileURLToPath(new URL(main, import.meta.url)), { env: { ...process.env, ...env } });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      server.once('message', (message) => resolve((message as { ready: string }).ready));
      server.once('exit', (code) => reject(new Error(`Expected ${main} to start, it ended with ${code}.`)));
    });
    return await use(url);
  } finally {
    server.kill('SIGKILL');
  }
}
