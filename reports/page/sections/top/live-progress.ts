import { knownNumberOf } from '../../../../measure/run-record/read-metrics.ts';
import type { PageRecord } from '../../../render/page-record.ts';
import { count, ms } from '../../../wording/quantities.ts';
import { type Child, el } from '../../parts/elements.ts';
import { timeOf } from '../../parts/format.ts';

/** How far a run has come, what is planned, and how it is doing at this second. */
export function liveProgress(record: PageRecord): Child[] {
  return [bar(record), figures(record)];
}

/** The phases and the planned faults over the seconds of the run, and where it is. */
function bar({ phases, timeline, outages: made, planned }: PageRecord): HTMLElement {
  const total = phases.warmup + phases.measure + phases.drain;
  const now = Math.min(timeline.seconds, total);
  const place = (element: HTMLElement, from: number, to: number) => {
    element.style.setProperty('--from', String(from / total));
    element.style.setProperty('--length', String(Math.max(0, to - from) / total));
    return element;
  };
  const parts = [
    place(el('span', 'phase', 'warm-up'), 0, phases.warmup),
    place(el('span', 'phase measured', 'measured'), phases.warmup, phases.warmup + phases.measure),
    place(el('span', 'phase', 'drain'), phases.warmup + phases.measure, total),
  ];
  const faults = planned.map(({ fault, from, until, to }) => {
    const over = made.some((one) => one.fault === fault) && now >= to;
    const state = over ? 'over' : now >= from ? 'on' : 'to come';
    const mark = place(
      el('span', `planned ${state.replace(' ', '-')}`, el('span', '', fault)),
      from,
      Math.max(until, from + 1),
    );
    return el('li', '', mark, el('span', 'unseen', `${fault}: ${timeOf(from)} to ${timeOf(until)}, ${state}`));
  });
  return el(
    'div',
    'progress',
    el('p', 'about', `${timeOf(now)} of ${timeOf(total)}`),
    el('div', 'course-of-run', ...parts, place(el('span', 'done'), 0, now)),
    faults.length > 0 ? el('ul', 'planned-faults', ...faults) : undefined,
  );
}

/** Large, since it is looked at from across a room. */
function figures(record: PageRecord): HTMLElement {
  const { timeline, load, vitals } = record;
  const last = timeline.seconds - 1;
  const latest = (series: readonly (number | null)[] | undefined, back: number) => {
    for (let at = last; at >= Math.max(0, last - back); at--) if (typeof series?.[at] === 'number') return series[at];
    return undefined;
  };
  // The last second is still being written.
  const settled = (series: readonly (number | null)[] | undefined) => series?.[Math.max(0, last - 1)] ?? 0;
  const p99 = latest(timeline.latency.p99, 5);
  const open = ['websocket', 'polling'].reduce((sum, transport) => {
    const key = `connections.open{transport=${transport}}`;
    return sum + vitals.reduce((total, { gauges }) => total + (latest(gauges[key], 2) ?? 0), 0);
  }, 0);
  const joined = knownNumberOf(record, 'users.joined');
  const tiles: [string, string][] = [
    ['p99 now', p99 == null ? '–' : ms(p99)],
    ['Deliveries per second', count(settled(timeline.counters['delivery.delivered']))],
    ['Probes connected', `${count(open)} of ${count(load.probes)}`],
    ...(load.users > 0
      ? ([['Crowd users joined', `${count(joined ?? 0)} of ${count(load.users)}`]] as [string, string][])
      : []),
  ];
  return el(
    'dl',
    'results now',
    ...tiles.map(([name, value]) => el('div', '', el('dt', '', name), el('dd', 'value', value))),
  );
}
