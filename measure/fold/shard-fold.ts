import { healthBreaches } from '../judge/trust.ts';
import type { Event, EventLine } from '../metrics/events.ts';
import { metricKey } from '../metrics/metric-key.ts';
import type { Window } from '../metrics/window.ts';
import type { Metrics, RunPlan, RunRecord } from '../run-record/run-record.ts';
import { Sums } from './metric-sums.ts';
import { Timeline } from './timeline.ts';

type Shards = RunRecord['shards'];
type Breach = RunRecord['verdict']['breaches'][number];

/** What each part of a load did by itself: each is judged alone, since the slowest would be lost among the others. */
export class ShardFolds {
  readonly #plan: RunPlan;
  readonly #parts = new Map<number, { readonly sums: Sums; readonly timeline: Timeline }>();

  constructor(plan: RunPlan) {
    this.#plan = plan;
    for (const { number } of plan.load.shards ?? [])
      this.#parts.set(number, { sums: new Sums(plan), timeline: new Timeline() });
  }

  add(window: Window): void {
    const part = this.#parts.get(window.source.shard);
    if (!part) return;
    const { 'generator.lag': lag } = window.histograms;
    // Nothing else is judged of a part, and histograms are what costs.
    const few = { ...window, histograms: lag === undefined ? {} : { 'generator.lag': lag } };
    part.sums.add(few);
    part.timeline.add({ ...few, histograms: {} });
  }

  /** Each part, with what is known of who made it. */
  record(events: readonly Event[]): Shards {
    const { measure } = this.#plan.phases;
    return [...this.#parts].map(([number, { sums }]) => {
      const made = events.find((event) => event.kind === 'shard' && event.number === number);
      const { worker, host, clockBoundMs, startLateMs } =
        made?.kind === 'shard' ? made : { worker: 'nobody', host: '', clockBoundMs: null, startLateMs: null };
      const delivered = sums.get('delivery.delivered') + sums.get(metricKey('delivery.delivered', { by: 'crowd' }));
      return {
        ...{ number, worker, host, clockBoundMs, startLateMs },
        ...{ sent: sums.get('messages.sent'), delivered, deliveriesPerSecond: delivered / measure },
        lagP99Ms: sums.trust().lagP99 ?? null,
      };
    });
  }

  /** The gates that single parts breached. */
  breaches(shards: Shards, lagLimitMs: number, latencyP99: number | undefined): Breach[] {
    const { warmup, measure } = this.#plan.phases;
    return [...this.#parts].flatMap(([number, { sums, timeline }]): Breach[] => {
      const series = (name: string, role: string) =>
        timeline.gauge(metricKey(name, { role })).slice(warmup, warmup + measure);
      const byRole = (name: string) => ({
        probes: series(name, 'probes'),
        crowd: series(name, 'crowd'),
        proxy: series(name, 'proxy'),
      });
      const worker = shards.find((shard) => shard.number === number)?.worker ?? '';
      const { lagP99 } = sums.trust();
      const loops = { loopUtilization: byRole('loopUtilization'), loopStall: byRole('loopStall') };
      return healthBreaches({ lagP99, lagLimitMs, latencyP99, ...loops }).map((breach) => {
        return { gate: 'shard', shard: number, worker, breach };
      });
    });
  }
}

/** The latency between parts is left out where their clocks are not known well enough: their bounds together are to be a tenth of it at most. */
export function withoutBlurred(metrics: Metrics, shards: Shards): Metrics {
  const { [CROSS_SHARD]: latency, ...others } = metrics;
  if (!latency || !('p50' in latency)) return metrics;
  const boundMs = 2 * Math.max(0, ...shards.map(({ clockBoundMs }) => clockBoundMs ?? Number.POSITIVE_INFINITY));
  return boundMs <= BLUR * (latency.p50 ?? latency.mean) ? metrics : others;
}

const CROSS_SHARD = metricKey('broadcast.latency', { path: 'cross-shard' });
const BLUR = 0.1;

/** A line with the probes numbered as in the whole run: in its part of the load their numbers begin at 0. */
export function inWholeRun(line: EventLine, { load }: RunPlan): EventLine {
  const first = load.shards?.find(({ number }) => number === line.source.shard)?.firstProbe ?? 0;
  if (first === 0) return line;
  const event = line.event as Event & Partial<Record<'bot' | 'recipient' | 'sender', number | null>>;
  const moved = Object.fromEntries(
    (['bot', 'recipient', 'sender'] as const).flatMap((who) => {
      const bot = event[who];
      return typeof bot === 'number' ? [[who, bot + first]] : [];
    }),
  );
  const bots = 'bots' in event && event.bots ? { bots: event.bots.map((bot) => bot + first) } : {};
  return { ...line, event: { ...event, ...moved, ...bots } as Event };
}
