import { nodeName } from '../../../measure/metrics/source.ts';
import type { RunRecord } from '../../../measure/run-record/run-record.ts';
import { clusterWords, imbalanceWords, nodeColumns } from '../../wording/node-wording.ts';
import { count, ms, percent, plainNumber } from '../../wording/quantities.ts';
import type { Charts } from '../charts/charts.ts';
import type { Line } from '../charts/series.ts';
import { columns, type Row, table } from '../parts/data-table.ts';
import { type Child, el, section } from '../parts/elements.ts';
import { scoreTable } from './outages/score-table.ts';

/** Several nodes: how clients and work were spread, and what came through on the same node and across nodes; nothing for one. */
export function nodesSection(record: RunRecord, charts: Charts): HTMLElement | undefined {
  if (record.nodes.length === 0) return undefined;
  const spread = imbalanceWords(record);
  const told = [clusterWords(record), spread].filter(Boolean).join('; ');
  return section(
    'nodes',
    'Nodes',
    told === '' ? '' : `${told}.`,
    nodeTable(record),
    el(
      'div',
      'columns',
      charts.figure({ title: 'Clients by node', unit: '1', lines: byNode(record, 'server.clients', true) }),
      charts.figure({ title: 'CPU by node, of one core', unit: 'percent', lines: byNode(record, 'server.cpu') }),
      charts.figure({
        title: 'Median latency by path',
        unit: 'ms',
        scales: 'logarithmic',
        lines: byPath(record, 'p50'),
      }),
      charts.figure({
        title: 'Slowest delivery by path',
        unit: 'ms',
        scales: 'logarithmic',
        lines: byPath(record, 'max'),
      }),
    ),
    faultTable(record),
  );
}

function nodeTable({ nodes }: RunRecord): HTMLElement {
  const rows = nodes.map(({ name, clients, cpu, loopDelayMs, arrived }): Row => {
    const whole = (value: number) => plainNumber(Math.round(value));
    const cells = [
      clients ? whole(clients.mean) : '–',
      clients ? count(clients.most) : '–',
      cpu ? percent(cpu.mean / 100) : '–',
      cpu ? percent(cpu.most / 100) : '–',
      loopDelayMs === null ? '–' : ms(loopDelayMs),
      arrived === null ? '–' : count(arrived),
    ];
    return { head: el('code', '', name), cells };
  });
  const heads = ['Clients mean', 'Clients most', 'CPU mean', 'CPU most', 'Event loop late', 'Deliveries to probes'];
  return table({ caption: 'Nodes in the measured interval', columns: columns(['Node'], heads), rows });
}

/** A gauge that nodes tell of themselves, a line each. */
function byNode({ vitals }: RunRecord, gauge: string, isSampled = false): Line[] {
  return vitals.flatMap(({ source, gauges }): Line[] => {
    const values = source.role === 'server' ? gauges[gauge] : undefined;
    if (!values || values.every((value) => value === null)) return [];
    return [{ name: nodeName(source), values, style: source.number % 6, ...(isSampled && { isSampled }) }];
  });
}

function byPath({ timeline: { paths } }: RunRecord, statistic: 'p50' | 'max'): Line[] {
  if (!paths) return [];
  return [
    { name: 'same node', values: paths.sameNode[statistic], style: 0 },
    { name: 'across nodes', values: paths.crossNode[statistic], style: 1 },
  ];
}

function faultTable(record: RunRecord): Child {
  const outages = record.outages.filter(({ nodes }) => nodes !== null);
  return outages.length === 0 ? undefined : scoreTable('Faults by path', nodeColumns, record, outages);
}
