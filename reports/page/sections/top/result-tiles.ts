import { metricKey } from '../../../../measure/metrics/metric-key.ts';
import {
  knownNumberOf,
  numberOf,
  samplesOf,
  slowestBack,
  slowestOutage,
} from '../../../../measure/run-record/read-metrics.ts';
import type { RunRecord } from '../../../../measure/run-record/run-record.ts';
import type { PageRecord } from '../../../render/page-record.ts';
import { latencyLimits } from '../../../wording/latency-limits.ts';
import { goneFrom } from '../../../wording/outage-wording.ts';
import { count, ms, percent, shareOf, threeDigits } from '../../../wording/quantities.ts';
import { totalOf } from '../../../wording/recovery-wording.ts';
import { type Child, el } from '../../parts/elements.ts';
import { hinted } from '../../parts/hints.ts';
import { insufficient } from '../../parts/metric-name.ts';

/** What a tile says: a figure, what stands beside it, and how it was in the run before. */
interface Tile {
  readonly name: string;
  readonly value: Child;
  readonly beside?: string | undefined;
  readonly change?: Change | undefined;
  readonly isBad?: boolean;
}

interface Change {
  readonly words: string;
  /** Whether less of it is better, and it is less or more. */
  readonly kind: 'better' | 'worse' | 'same';
}

/** What the run came to, in figures; each with its limit and interval, and the change against the last like run. */
export function resultTiles(record: PageRecord): HTMLElement {
  const tiles = [
    latencyTile(record, 'p50'),
    latencyTile(record, 'p99'),
    deliveredTile(record),
    countTile(record, 'lost'),
    ...(['missed', 'unknown'] as const).flatMap((what) => undeliveredTile(record, what)),
    countTile(record, 'duplicate'),
    ...connectedTile(record),
    ...backTile(record),
    ...sessionTile(record),
  ];
  const list = el('dl', 'results', ...tiles.map(tileOf));
  if (record.previous === null) return list;
  const started = new Date(record.previous.startedAt).toLocaleString(undefined, {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  return el(
    'div',
    '',
    list,
    el('p', 'note', `Changes against the last like run, ${record.previous.id} of ${started}.`),
  );
}

function tileOf({ name, value, beside, change, isBad }: Tile): HTMLElement {
  return el(
    'div',
    isBad ? 'bad' : '',
    el('dt', '', name),
    el('dd', 'value', value),
    beside === undefined ? undefined : el('dd', 'beside', beside),
    change && el('dd', `change ${change.kind}`, change.words),
  );
}

function latencyTile(record: PageRecord, name: 'p50' | 'p99'): Tile {
  const value = samplesOf(record, 'broadcast.latency')?.[name] ?? null;
  const interval = record.intervals[`broadcast.latency.${name}`];
  const limit = latencyLimits(record).find(({ statistic }) => statistic === name);
  const beside = [
    ...(interval ? [`95 %: ${ms(interval.low)} to ${ms(interval.high)}`] : []),
    ...(limit === undefined ? [] : [`limit ${ms(limit.ms)}`]),
  ];
  const before = record.previous?.[name] ?? null;
  return {
    name: `${name === 'p50' ? 'Half' : '99 %'} of arrivals within`,
    value: value === null ? insufficient() : ms(value),
    beside: beside.join(' · ') || undefined,
    change: value === null || before === null || before === 0 ? undefined : relative(value, before),
    isBad: limit?.isBroken === true,
  };
}

function deliveredTile(record: PageRecord): Tile {
  const expected = numberOf(record, 'delivery.expected');
  const delivered = numberOf(record, 'delivery.delivered');
  const before = record.previous?.delivered;
  const points = before == null || expected === 0 ? undefined : (delivered / expected - before) * 100;
  return {
    name: 'Delivered',
    value: shareOf(delivered, expected),
    beside: `${count(delivered)} of ${count(expected)} to probes`,
    change:
      points === undefined
        ? undefined
        : Math.abs(points) < LEAST_POINTS
          ? same
          : { words: `${signed(points)} points`, kind: points > 0 ? 'better' : 'worse' },
  };
}

function countTile(record: PageRecord, what: 'lost' | 'duplicate'): Tile {
  const value = numberOf(record, `delivery.${what}`);
  const before = record.previous?.[what];
  const more = before === undefined ? undefined : value - before;
  return {
    name: what === 'lost' ? 'Lost' : 'Duplicate',
    value: count(value),
    beside: what === 'lost' ? 'though connected' : undefined,
    change:
      more === undefined
        ? undefined
        : more === 0
          ? same
          : { words: `${more > 0 ? '+' : '−'}${count(Math.abs(more))}`, kind: more > 0 ? 'worse' : 'better' },
    isBad: value > 0,
  };
}

/** What else was not delivered, where there is any: with what was lost it makes up the rest. */
function undeliveredTile(record: RunRecord, what: 'missed' | 'unknown'): Tile[] {
  const value = numberOf(record, `delivery.${what}`);
  if (value === 0) return [];
  const beside = what === 'missed' ? 'offline or cut off' : 'perhaps never sent';
  return [{ name: what === 'missed' ? 'Missed' : 'Unknown', value: count(value), beside }];
}

/** Of a matrix: who got through with the worst client order, and with the best. */
function connectedTile(record: RunRecord): Tile[] {
  const shares = (record.matrix?.orders ?? []).flatMap((order) => {
    const share = knownNumberOf(record, metricKey('fallback.connected', { order }));
    return share === undefined ? [] : [{ order, share }];
  });
  const [worst, ...others] = shares.sort((a, b) => a.share - b.share);
  if (!worst) return [];
  const best = others.at(-1) ?? worst;
  const beside = `${worst.order}; ${best.order}: ${percent(best.share)}`;
  return [{ name: 'Connected at worst', value: percent(worst.share), beside }];
}

function backTile(record: PageRecord): Tile[] {
  if (record.outages.length === 0) return [];
  const slowest = slowestBack(record);
  const fault = slowestOutage(record)?.fault;
  const before = record.previous?.slowestBack ?? null;
  const gone = record.outages.reduce((sum, outage) => sum + goneFrom(outage), 0);
  return [
    {
      name: 'Slowest client back',
      value:
        slowest === null
          ? hinted(el('span', 'thin', '–'), 'No client was disconnected, or none came back.')
          : ms(slowest),
      beside: gone > 0 ? `${count(gone)} never` : fault && `after ${fault}`,
      change: slowest === null || before === null || before === 0 ? undefined : relative(slowest, before),
      isBad: gone > 0,
    },
  ];
}

/** Of clients that vanished: whose session went on. */
function sessionTile(record: RunRecord): Tile[] {
  const share = knownNumberOf(record, 'recovery.share');
  if (share === undefined) return [];
  const clients = totalOf(record.recovery!.cells, (cell) => cell.clients);
  return [
    { name: 'Sessions that went on', value: percent(share), beside: `of ${count(clients)} that lost their link` },
  ];
}

function relative(value: number, before: number): Change {
  const change = ((value - before) / before) * 100;
  if (Math.abs(change) < LEAST_PERCENT) return same;
  return { words: `${signed(change)} %`, kind: change > 0 ? 'worse' : 'better' };
}

function signed(value: number): string {
  return `${value > 0 ? '+' : '−'}${threeDigits(Math.abs(value))}`;
}

const same: Change = { words: 'unchanged', kind: 'same' };

/** What is less is called unchanged. */
const LEAST_PERCENT = 1;
const LEAST_POINTS = 0.001;
