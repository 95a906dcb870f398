import type { RunRecord } from '../../../measure/run-record/run-record.ts';
import {
  capacityCaveat,
  capacitySentence,
  lawSentence,
  levelColumns,
  levelRow,
  recoverySentence,
  unitOfLevels,
} from '../../wording/capacity-wording.ts';
import type { Charts } from '../charts/charts.ts';
import type { LoadCurve } from '../charts/load-chart.ts';
import type { Line } from '../charts/series.ts';
import { columns, table } from '../parts/data-table.ts';
import { el, section } from '../parts/elements.ts';

type Capacity = NonNullable<RunRecord['capacity']>;
type Level = Capacity['levels'][number];

/** What a search came to, how it went, and what the server did at each load; nothing for other runs. */
export function capacitySection(record: RunRecord, charts: Charts): HTMLElement | undefined {
  const { capacity, search } = record;
  if (!capacity || !search) return undefined;
  const told = [capacitySentence(record), recoverySentence(record), capacityCaveat(record), lawSentence(record)];
  const load = unitOfLevels(record);
  const marks = [
    ...(capacity.confirmed === null ? [] : [{ name: 'confirmed', at: capacity.confirmed, style: 2 }]),
    ...(capacity.refuted === null ? [] : [{ name: 'refuted', at: capacity.refuted, style: 1 }]),
  ];
  const against = (title: string, unit: 'ms' | 'percent', curves: readonly (LoadCurve | undefined)[]) =>
    charts.againstLoad(title, { unit, load, marks, curves: curves.filter((curve) => curve !== undefined) });
  return section(
    'capacity',
    'Capacity',
    told.filter(Boolean).join(' '),
    charts.figure({ title: `Load over time, ${load}`, unit: '1', lines: overTime(record, capacity) }),
    el(
      'div',
      'columns',
      against('Latency against load', 'ms', [
        curve('p99', 0, capacity, ({ p99Ms }) => p99Ms),
        curve('median', 3, capacity, ({ medianMs }) => medianMs),
      ]),
      against('Server against load', 'percent', [curve('CPU, of one core', 0, capacity, ({ cpu }) => cpu)]),
      against('Recipients against load', 'ms', [
        curve('first', 3, capacity, ({ firstMs }) => firstMs),
        curve('median', 4, capacity, ({ medianMs }) => medianMs),
        curve('last', 0, capacity, ({ lastMs }) => lastMs),
      ]),
      against('Event loop against load', 'ms', [curve('delay', 0, capacity, ({ loopDelayMs }) => loopDelayMs)]),
    ),
    levelTable(capacity),
  );
}

/** The level in each second, as a line for each verdict. */
function overTime({ timeline }: RunRecord, { levels }: Capacity): Line[] {
  const kinds = [
    { name: 'held', style: 2, of: ({ outcome }: Level) => outcome === 'held' },
    { name: 'did not hold', style: 1, of: ({ outcome }: Level) => outcome === 'failed' },
    { name: 'generator not healthy', style: 5, of: ({ outcome }: Level) => outcome === 'unknown' },
  ];
  return kinds.map(({ name, style, of }) => {
    const values = new Array<number | null>(timeline.seconds).fill(null);
    for (const level of levels.filter(of)) values.fill(level.level, level.from, level.to);
    return { name, values, style, isSampled: true };
  });
}

/** A value by level, the mean of all stages that looked at it in earnest; undefined where it is not known. */
function curve(
  name: string,
  style: number,
  { levels }: Capacity,
  of: (level: Level) => number | null,
): LoadCurve | undefined {
  const byLevel = Map.groupBy(
    levels.filter(({ stage }) => stage !== 'rest' && stage !== 'release'),
    ({ level }) => level,
  );
  const points = [...byLevel].flatMap(([level, group]) => {
    const values = group.flatMap((one) => of(one) ?? []);
    return values.length === 0 ? [] : [[level, values.reduce((a, b) => a + b, 0) / values.length] as const];
  });
  return points.length < 2 ? undefined : { name, style, points: points.sort(([a], [b]) => a - b) };
}

function levelTable({ levels }: Capacity): HTMLElement {
  const rows = levels.map((level) => {
    const [stage, ...cells] = levelRow(level);
    return { head: stage!, cells };
  });
  const [first, ...heads] = levelColumns;
  return table({ caption: 'Levels, in the order of time', columns: columns([first], heads), rows });
}
