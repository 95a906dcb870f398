import { hash } from '../base/hash.ts';
import { randomOf } from '../base/random.ts';
import { writeToken } from '../measure/ledger/token.ts';
import type { EventLine } from '../measure/metrics/events.ts';
import { Histogram } from '../measure/metrics/histogram.ts';
import { sourceOf } from '../measure/metrics/source.ts';
import type { Window } from '../measure/metrics/window.ts';
import { Recorder } from '../measure/record/recorder.ts';
import type { RunPlan, RunRecord } from '../measure/run-record/run-record.ts';
import { SCHEMA_VERSION } from '../measure/run-record/schema-version.ts';
import { foldRun } from '../test/support/fold-run.ts';

const ROOMS = 2;
const MEMBERS = 12;
const TALKERS = 4;
const RATE = 5.8;
const phases = { warmup: 8, measure: 3600, drain: 3 };
const SECONDS = phases.warmup + phases.measure + phases.drain;
const random = randomOf('hour');
const run = hash('hour');

type Line = Window | EventLine;

/**
 * An hour of the broadcast scenario as its processes would write it: 1,002,240 measured deliveries, in simulated time,
 * through the recorder and the fold. Every gauge and histogram is noisy, since noise is what takes room.
 */
export function recordHour(): RunRecord {
  const lines = [...probesHour(), ...othersHour()];
  lines.push(...[sourceOf('probes'), sourceOf('crowd', 1)].map((source) => ({ ...closed, source })));
  lines.push({ at: SECONDS, source: sourceOf('conductor'), event: { kind: 'ended', at: SECONDS * 1000 } });
  return foldRun(plan, lines);
}

const closed = { at: SECONDS, event: { kind: 'closed', at: SECONDS * 1000 } } as const;

/** The plan and the lines of an hour of eight shards, each with its million deliveries: by file, as workers would have written them. */
export function* shardsHour(shards: number): Generator<{ readonly file: string; readonly text: string }> {
  const probes = ROOMS * MEMBERS;
  const parts = Array.from({ length: shards }, (_, i) => ({ number: i + 1, firstProbe: probes * i, probes, users: 0 }));
  const load = { ...plan.load, probes: probes * shards, offered: offered * shards, shards: parts };
  yield { file: 'plan.json', text: JSON.stringify({ ...plan, load }) };
  const lines = [...probesHour(), { ...closed, source: sourceOf('probes') }];
  const ended = { at: SECONDS, source: sourceOf('conductor'), event: { kind: 'ended', at: SECONDS * 1000 } };
  yield { file: 'conductor-0-0.ndjson', text: `${JSON.stringify(ended)}\n` };
  for (const { number } of parts) {
    const source = sourceOf('probes', 0, number);
    yield {
      file: `probes-${number}-0.ndjson`,
      text: lines.map((line) => `${JSON.stringify({ ...line, source })}\n`).join(''),
    };
  }
}

/** What two rooms of twelve hear of four talkers, recorded as the probes do. */
function* probesHour(): Generator<Line> {
  const bots = ROOMS * MEMBERS;
  const recorder = new Recorder(sourceOf('probes'), { run }, { bots, rooms: ROOMS, echo: true });
  for (let bot = 0; bot < bots; bot++) {
    recorder.observe({ kind: 'opened', at: 0, bot, transport: 'polling', afterMs: 9 });
    recorder.observe({ kind: 'joined', at: 1, bot, room: bot % ROOMS });
    recorder.observe({ kind: 'upgraded', at: 20, bot, transport: 'websocket', openedAgoMs: 15 });
  }
  const talkFrom = phases.warmup - 5;
  for (let second = 0; second < SECONDS; second++) {
    if (second >= talkFrom && second < phases.warmup + phases.measure) talk(recorder, second, talkFrom);
    for (const line of recorder.flush()) yield 'counters' in line ? { ...line, gauges: probesGauges() } : line;
  }
  for (let room = 0; room < ROOMS; room++) recorder.settle(room);
  yield* recorder.flush();
}

/** The turns that fall into a second, and what comes of them. */
function talk(recorder: Recorder, second: number, talkFrom: number): void {
  for (let bot = 0; bot < TALKERS; bot++) {
    const offset = (bot / TALKERS / RATE) * 1000;
    const first = Math.ceil((((second - talkFrom) * 1000 - offset) * RATE) / 1000);
    for (let seq = first; ; seq++) {
      const dueAt = talkFrom * 1000 + offset + (seq * 1000) / RATE;
      if (dueAt >= (second + 1) * 1000) break;
      say(recorder, bot, seq, dueAt);
    }
  }
}

function say(recorder: Recorder, bot: number, seq: number, dueAt: number): void {
  const room = bot % ROOMS;
  const sentAt = dueAt + 0.3 * skewed();
  const mark = { kind: 'probe', run, clock: 1, sender: bot, room, seq, dueUs: Math.round(dueAt * 1000) } as const;
  const text = writeToken('sure, after lunch works for me', mark);
  recorder.observe({ kind: 'scheduled', at: sentAt, bot, room, dueAt });
  recorder.observe({ kind: 'sent', at: sentAt, bot, room, seq, dueAt });
  const firstAt = sentAt + skewed();
  for (let i = 0; i < MEMBERS; i++) recorder.delivered(i * ROOMS + room, 1, text, firstAt + 0.1 * i * skewed());
  recorder.observe({ kind: 'acked', at: firstAt + 1.2, bot, room, seq, dueAt, sentAt });
}

/** What the crowd and the conductor write. */
function* othersHour(): Generator<Window> {
  const rss = { probes: walk(160e6), server: walk(140e6), crowd: walk(430e6), heap: walk(36e6) };
  for (let at = 0; at < SECONDS; at++) {
    const users = Math.min(100, at * 20);
    const delivered = 4000 + Math.floor(random() * 800);
    yield {
      at,
      source: sourceOf('crowd', 1),
      counters: {
        'messages.sent{by=crowd}': 40 + Math.floor(random() * 20),
        'delivery.delivered{by=crowd}': delivered,
      },
      histograms: { 'broadcast.latency{by=crowd}': histogramOf(50), 'ack.latency{by=crowd}': histogramOf(20) },
      gauges: { 'loopUtilization{role=crowd}': 0.1 + 0.05 * random(), 'loopDelay{role=crowd}': 1 + 4 * skewed() },
    };
    yield {
      at,
      source: sourceOf('conductor'),
      counters: {},
      histograms: {},
      gauges: {
        ...{ 'rss{role=probes}': rss.probes(), 'rss{role=server}': rss.server(), 'rss{role=crowd}': rss.crowd() },
        ...{ 'fds{role=probes}': 49, 'fds{role=server}': 152, 'fds{role=crowd}': 132 },
        ...{ 'cpu{role=probes}': ticks(12), 'cpu{role=server}': ticks(8), 'cpu{role=crowd}': ticks(12) },
        'loopStall{role=probes}': 50 * random(),
        'loopStall{role=server}': 50 * random(),
        'loopStall{role=crowd}': 50 * random(),
        'server.heap': rss.heap(),
        'server.gcPause': skewed(),
        'server.clients': users + ROOMS * MEMBERS,
        'server.bufferedBytes': 0,
        'server.evicted': 0,
        'loopDelay{role=server}': 2 + 2 * skewed(),
      },
    };
  }
}

function probesGauges() {
  return {
    'loopUtilization{role=probes}': 0.1 + 0.05 * random(),
    'loopDelay{role=probes}': 0.8 + 0.4 * skewed(),
    'connections.open{transport=polling}': 0,
    'connections.open{transport=websocket}': ROOMS * MEMBERS,
  };
}

/** CPU of a second, counted in hundredths of one as the system does, percent. */
function ticks(mean: number): number {
  return Math.max(0, Math.round(mean + 3 * (random() - 0.5) * 2)) * (0.999 + 0.002 * random());
}

/** Memory that grows by pages and is collected now and then, bytes. */
function walk(start: number): () => number {
  let pages = Math.round(start / 4096);
  return () => {
    pages += Math.round((random() - 0.5) * 400);
    return pages * 4096;
  };
}

/** A time that is mostly about 1 and sometimes several, as latencies are; ms. */
function skewed(): number {
  return 0.4 - Math.log(1 - random()) * 0.6;
}

function histogramOf(samples: number): string {
  const histogram = new Histogram();
  for (let i = 0; i < samples; i++) histogram.record(skewed());
  return histogram.encode();
}

const offered = Math.round(TALKERS * RATE * phases.measure);

const plan: RunPlan = {
  schemaVersion: SCHEMA_VERSION,
  labels: [],
  git: null,
  id: '2026-01-02T03-04-05-broadcast-hour',
  startedAt: '2026-01-02T03:04:05.000Z',
  scenario: {
    name: 'broadcast',
    about: 'An hour',
    thresholds: ['delivery.lost == 0', 'broadcast.latency.p99 < 250ms'],
  },
  target: {
    kind: 'embedded',
    origin: 'http://127.0.0.1:3000',
    handshake: null,
    dialect: 'rooms',
    mode: 'chat',
    hasRooms: true,
    cluster: null,
  },
  environment: { node: process.version, os: process.platform, cpus: 2, memoryBytes: 8e9, versions: {} },
  seed: 'hour',
  command: ['chatstorm', 'load', 'broadcast', '--seed', 'hour'],
  phases,
  load: {
    users: 100,
    probes: ROOMS * MEMBERS,
    talkers: TALKERS,
    rooms: ROOMS,
    ratePerTalker: RATE,
    arrivals: 'constant',
    engine: null,
    lagLimitMs: 5,
    offered,
    peak: { sockets: 124, messagesPerSecond: TALKERS * RATE, deliveriesPerSecond: 1500, descriptors: 260 },
    available: { descriptors: 20_000, ports: 28_000 },
    shards: null,
  },
  matrix: null,
  outages: [],
  absences: null,
  search: null,
};
