import type { EventLine } from '../../measure/metrics/events.ts';
import { sourceOf } from '../../measure/metrics/source.ts';
import type { RunPlan } from '../../measure/run-record/run-record.ts';
import { SCHEMA_VERSION } from '../../measure/run-record/schema-version.ts';

/** A small plan for tests: a second of warm-up, two measured. */
export const plan: RunPlan = {
  schemaVersion: SCHEMA_VERSION,
  id: 'abc',
  startedAt: '2026-01-31T12:00:00.000Z',
  scenario: { name: 'broadcast', about: 'x', thresholds: ['delivery.lost == 0', 'broadcast.latency.max < 250ms'] },
  target: {
    kind: 'embedded',
    origin: 'http://127.0.0.1:1',
    handshake: null,
    dialect: 'rooms',
    mode: 'chat',
    hasRooms: true,
    cluster: null,
  },
  environment: { node: 'v24', os: 'Linux', cpus: 2, memoryBytes: 1, versions: {} },
  seed: 's',
  command: ['chatstorm', 'load', 'broadcast', '--seed', 's'],
  labels: [],
  git: null,
  phases: { warmup: 1, measure: 2, drain: 1 },
  load: {
    users: 0,
    probes: 2,
    talkers: 1,
    rooms: 1,
    ratePerTalker: 1,
    arrivals: 'constant',
    engine: null,
    lagLimitMs: 5,
    offered: 2,
    peak: { sockets: 2, messagesPerSecond: 1, deliveriesPerSecond: 2, descriptors: 4 },
    available: { descriptors: 20_000, ports: 28_000 },
    shards: null,
  },
  matrix: null,
  outages: [],
  absences: null,
  search: null,
};

/** What says that all probes of a plan took part: each has joined its room at once. */
export function everyoneJoined({ load }: Pick<RunPlan, 'load'> = plan): EventLine[] {
  return Array.from({ length: load.probes }, (_, bot) => ({
    at: 0,
    source: sourceOf('probes'),
    event: { kind: 'joined', at: 0, bot, room: bot % load.rooms },
  }));
}
