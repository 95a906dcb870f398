import { styleText } from 'node:util';
import { printableData } from '../../base/printable.ts';
import type { Progress } from '../../measure/fold/progress.ts';
import { anomalies, outcomes } from '../../measure/metrics/events.ts';
import { numberOf } from '../../measure/run-record/read-metrics.ts';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { cellTime, networkSentence, outcomeOf, outcomeWords, transportCosts } from '../wording/fallback-wording.ts';
import { headline } from '../wording/headline.ts';
import { count, ms, percent, plainNumber, statistic } from '../wording/quantities.ts';
import {
  breachSentence,
  floorSentence,
  intervalWords,
  steadinessSentence,
  thresholdValue,
} from '../wording/verdict-wording.ts';
import { outageTable } from './outage-table.ts';
import { type Paint, table } from './text-table.ts';
import { verdictBadge } from './verdict-table.ts';

export const painted: Paint = (style, text) => styleText(style, text, { validateStream: false });
export const unpainted: Paint = (_, text) => text;

/** Where a run stands, in one line. */
export function progressLine(progress: Progress, paint: Paint): string {
  const { scenario, phase, at, of, users, messagesPerSecond, deliveriesPerSecond, p99Ms, faults } =
    printableData(progress);
  const done = Math.min(1, at / of);
  const bar = '━'.repeat(Math.round(done * BAR));
  const rest = '─'.repeat(BAR - bar.length);
  return [
    `${paint('bold', scenario)} ${phase.padEnd(7)}`,
    `${paint('cyan', bar)}${paint('dim', rest)} ${Math.floor(at)}/${of} s`,
    `${count(users)} users`,
    `${count(messagesPerSecond)} messages/s`,
    `${count(deliveriesPerSecond)} deliveries/s`,
    `p99 ${p99Ms === null ? '–' : ms(p99Ms)}`,
    ...(faults.length > 0 ? [paint('yellow', faults.join(', '))] : []),
  ].join('  ');
}

/** What a run came to: the verdict first, then the figures, then where to look further. */
export function summary(given: RunRecord, reportPath: string, paint: Paint): string {
  const record = printableData(given);
  const blocks = [
    ...record.verdict.breaches.map((breach) => paint('yellow', breachSentence(breach))),
    `${verdictBadge(record, paint, 'bold')} ${paint('bold', record.scenario.name)}${record.state === 'partial' ? ' (partial)' : ''}: ${headline(record)}`,
    ...record.findings.map(({ severity, evidence, remedy }) =>
      paint(findingStyles[severity], remedy === null ? evidence : `${evidence} ${remedy}`),
    ),
    matrixTable(record, paint),
    costTable(record, paint),
    outageTable(record, paint),
    latencyTable(record, paint),
    confidenceTable(record, paint),
    ledgerTable(record, paint),
    healthTable(record, paint),
    thresholdTable(record, paint),
    ...record.notes,
    `Report: ${reportPath}`,
  ];
  return blocks.filter(Boolean).join('\n');
}

const BAR = 24;

const findingStyles = { critical: 'red', warning: 'yellow', info: 'dim' } as const;

const outcomeStyles = {
  websocket: 'green',
  polling: 'cyan',
  flapping: 'yellow',
  mixed: 'yellow',
  never: 'red',
} as const;

/** Client orders by networks: what became of the clients, and how fast or why. */
function matrixTable(record: RunRecord, paint: Paint): string {
  const { matrix, fallback } = record;
  if (!matrix || !fallback) return '';
  const rows = matrix.orders.map((order) => [
    order,
    ...matrix.networks.map((network) => {
      const cell = fallback.cells.find((one) => one.order === order && one.network === network);
      if (!cell) return '';
      const outcome = outcomeOf(cell);
      return `${paint(outcomeStyles[outcome], outcomeWords[outcome])}\n${paint('dim', cellTime(cell))}`;
    }),
  ]);
  const heads = matrix.networks.map((network) =>
    network.replace(/-(?=[a-z]+$)/, '\n').replace(/^websocket-/, 'websocket-\n'),
  );
  const why = matrix.networks.flatMap((network) => {
    const sentence = networkSentence(record, network);
    return sentence === undefined ? [] : [[network, sentence]];
  });
  return [
    table(['', ...heads], rows, paint, 'left'),
    `  Clients give up connecting after ${ms(matrix.clientTimeoutMs)} here (socket.io-client's default is 20 s).`,
    table([], why, paint),
  ].join('\n');
}

function costTable(record: RunRecord, paint: Paint): string {
  const costs = transportCosts(record);
  const show = (value: number | undefined, spell: (value: number) => string) =>
    value === undefined ? '–' : spell(value);
  const rows = costs.map(({ transport, cpuMs, bytes, p50, p95, max }) => [
    `${transport} alone`,
    show(cpuMs, ms),
    show(bytes, count),
    show(p50, ms),
    show(p95, ms),
    show(max, ms),
  ]);
  return table(['per delivered message', 'server CPU', 'bytes', 'latency p50', 'p95', 'max'], rows, paint);
}

const timings: readonly (readonly [key: string, name: string])[] = [
  ['broadcast.latency', 'broadcast latency'],
  ['broadcast.latency{transport=polling}', '  over polling'],
  ['broadcast.latency{transport=websocket}', '  over WebSocket'],
  ['broadcast.last', 'last recipient'],
  ['broadcast.service', 'from sending'],
  ['ack.latency', 'acknowledgement'],
  ['connect.time', 'connect'],
  ['reconnect.time', 'reconnect'],
  ['broadcast.catchup', 'catch-up'],
  ['upgrade.time', 'upgrade'],
  ['fallback.time', 'fallback'],
  ['generator.lag', 'generator lag'],
];

function latencyTable({ metrics }: RunRecord, paint: Paint): string {
  const rows = timings.flatMap(([key, name]) => {
    const metric = metrics[key];
    if (!metric || !('p50' in metric) || metric.count === 0) return [];
    const { p50, p95, p99, max } = metric;
    return [[name, ...[p50, p95, p99, max].map(statistic), count(metric.count)]];
  });
  return table(['', 'p50', 'p95', 'p99', 'max', 'samples'], rows, paint);
}

function confidenceTable(record: RunRecord, paint: Paint): string {
  const { intervals, phases } = record;
  const of = (key: string, show: (value: number) => string) => intervalWords(intervals[key], show);
  const steady = steadinessSentence(record);
  const interval = `seconds ${phases.warmup} to ${phases.warmup + phases.measure}, warm-up excluded`;
  const rows = [
    ...(Object.values(intervals).some((interval) => interval !== null)
      ? [
          [
            '95 % intervals',
            `p50 ${of('broadcast.latency.p50', ms)}; p99 ${of('broadcast.latency.p99', ms)}; delivery ratio ${of('delivery.ratio', plainNumber)}`,
          ],
        ]
      : []),
    ['floor', floorSentence(record)],
    ['measured', steady ? `${interval}; ${record.steadiness?.steady ? steady : paint('yellow', steady)}` : interval],
  ];
  return table([], rows, paint);
}

function ledgerTable(record: RunRecord, paint: Paint): string {
  const number = (key: string) => numberOf(record, key);
  const sum = outcomes.reduce((total, outcome) => total + number(`delivery.${outcome}`), 0);
  const balances = sum === number('delivery.expected');
  const parts = outcomes.map((outcome) => `${count(number(`delivery.${outcome}`))} ${outcome}`).join(' + ');
  const odd = anomalies.map((anomaly) => `${count(number(`delivery.${anomaly}`))} ${anomaly}`).join(', ');
  const sends = `${count(number('messages.ok'))} ok + ${count(number('messages.refused'))} refused + ${count(number('messages.info'))} unconfirmed`;
  const rows = [
    ['deliveries', `${count(number('delivery.expected'))} expected ${balances ? '=' : paint('red', '≠')} ${parts}`],
    ['anomalies', odd],
    [
      'messages',
      `${count(number('messages.scheduled'))} scheduled = ${count(number('messages.sent'))} sent + ${count(number('messages.dropped'))} dropped; sent = ${sends}`,
    ],
    ['', `${count(number('messages.complete'))} reached everyone, ${count(number('messages.incomplete'))} did not`],
  ];
  return table([], rows, paint);
}

function healthTable(record: RunRecord, paint: Paint): string {
  const lag = record.metrics['generator.lag'];
  const { warmup, measure } = record.phases;
  const highest = (key: string) => {
    const values = record.vitals
      .flatMap(({ gauges }) => (gauges[key] ?? []).slice(warmup, warmup + measure))
      .filter((value) => value !== null);
    return values.length > 0 ? Math.max(...values) : undefined;
  };
  const cpu = (role: string) => {
    const most = highest(`cpu{role=${role}}`);
    return most === undefined ? [] : [`${role} ${percent(most / 100)}`];
  };
  const loop = highest('loopUtilization{role=probes}');
  const open = (transport: string) => highest(`connections.open{transport=${transport}}`) ?? 0;
  const lagWords = lag && 'p99' in lag ? `lag p50 ${statistic(lag.p50)}, p99 ${statistic(lag.p99)}` : 'no messages';
  const { users } = record.load;
  const crowd = `${count(numberOf(record, 'users.joined'))} of ${count(users)} users joined, ${count(numberOf(record, 'users.present'))} stayed to the end`;
  const rows = [
    ...(users > 0 ? [['crowd', crowd]] : []),
    [
      'transports',
      `probes: ${open('websocket')} WebSocket, ${open('polling')} polling; ${count(numberOf(record, 'connections.established{by=crowd}'))} crowd connections`,
    ],
    ['generator', `${lagWords}${loop === undefined ? '' : `; event loop at most ${percent(loop)} busy`}`],
    ['peak CPU', [...cpu('server'), ...cpu('probes'), ...cpu('crowd')].join(', ') || 'unknown'],
  ];
  return table([], rows, paint);
}

function thresholdTable({ verdict }: RunRecord, paint: Paint): string {
  const words = { pass: paint('green', '✓ pass'), fail: paint('red', '✗ fail'), unknown: paint('yellow', '? unknown') };
  const rows = verdict.thresholds.map((result) => [words[result.outcome], result.text, thresholdValue(result)]);
  return table([], rows, paint);
}
