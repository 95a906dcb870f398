import { printableData } from '../../base/printable.ts';
import { anomalies, outcomes } from '../../measure/metrics/events.ts';
import { numberOf, samplesOf } from '../../measure/run-record/read-metrics.ts';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { crowdLimitWords } from '../wording/crowd-limit.ts';
import { cellTime, networkSentence, outcomeOf, outcomeWords, transportCosts } from '../wording/fallback-wording.ts';
import { headline } from '../wording/headline.ts';
import { imbalanceWords, nodeWords } from '../wording/node-wording.ts';
import { count, ms, percent, plainNumber, statistic } from '../wording/quantities.ts';
import { rateWords } from '../wording/rate-wording.ts';
import { shardWords, slowestShard } from '../wording/shard-wording.ts';
import {
  breachSentence,
  floorSentence,
  intervalWords,
  steadinessSentence,
  thresholdValue,
} from '../wording/verdict-wording.ts';
import { capacityTable } from './capacity-table.ts';
import { outageTable } from './outage-table.ts';
import { recoveryTable } from './recovery-table.ts';
import type { Terminal } from './terminal.ts';
import { table } from './text-table.ts';
import { verdictBadge } from './verdict-table.ts';
import { wrap, wrapBefore } from './wrap.ts';

/** What a run came to: the verdict first, then the figures, then where to look further. */
export function summary(given: RunRecord, reportPath: string, terminal: Terminal): string {
  const record = printableData(given);
  const { paint, width } = terminal;
  const state = record.state === 'partial' ? ' (partial)' : '';
  const blocks = [
    ...record.verdict.breaches.map((breach) => wrap(paint('yellow', breachSentence(breach)), width)),
    wrap(
      `${verdictBadge(record, paint, 'bold')} ${paint('bold', record.scenario.name)}${state}: ${headline(record)}`,
      width,
    ),
    ...record.findings.map(({ severity, evidence, remedy }) =>
      wrap(paint(findingStyles[severity], remedy === null ? evidence : `${evidence} ${remedy}`), width),
    ),
    matrixTable(record, terminal),
    costTable(record, terminal),
    capacityTable(record, terminal),
    recoveryTable(record, terminal),
    outageTable(record, terminal),
    latencyTable(record, terminal),
    confidenceTable(record, terminal),
    ledgerTable(record, terminal),
    healthTable(record, terminal),
    thresholdTable(record, terminal),
    ...record.notes.map((note) => wrap(note, width)),
    wrapBefore('Report:', reportPath, width),
  ];
  return blocks.filter(Boolean).join('\n');
}

const findingStyles = { critical: 'red', warning: 'yellow', info: 'dim' } as const;

const outcomeStyles = {
  websocket: 'green',
  polling: 'cyan',
  flapping: 'yellow',
  mixed: 'yellow',
  never: 'red',
} as const;

/** Client orders by networks: what became of the clients, and how fast or why. */
function matrixTable(record: RunRecord, terminal: Terminal): string {
  const { paint } = terminal;
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
    table(['', ...heads], rows, terminal, 'left'),
    wrap(
      `  Clients give up connecting after ${ms(matrix.clientTimeoutMs)} here (socket.io-client's default is 20 s).`,
      terminal.width,
    ),
    table([], why, terminal),
  ].join('\n');
}

function costTable(record: RunRecord, terminal: Terminal): string {
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
  return table(['per delivered message', 'server CPU', 'bytes', 'latency p50', 'p95', 'max'], rows, terminal);
}

const timings: readonly (readonly [key: string, name: string])[] = [
  ['broadcast.latency', 'broadcast latency'],
  ['broadcast.latency{transport=polling}', '  over polling'],
  ['broadcast.latency{transport=websocket}', '  over WebSocket'],
  ['broadcast.latency{path=same-node}', '  on the same node'],
  ['broadcast.latency{path=cross-node}', '  across nodes'],
  ['broadcast.latency{path=cross-shard}', '  across shards'],
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

function latencyTable({ metrics }: RunRecord, terminal: Terminal): string {
  const rows = timings.flatMap(([key, name]) => {
    const metric = metrics[key];
    if (!metric || !('p50' in metric) || metric.count === 0) return [];
    // A part that is the whole says nothing.
    const whole = key.includes('{') ? samplesOf({ metrics }, key.slice(0, key.indexOf('{'))) : undefined;
    if (whole?.count === metric.count) return [];
    const { p50, p95, p99, max } = metric;
    return [[name, ...[p50, p95, p99, max].map(statistic), count(metric.count)]];
  });
  return table(['', 'p50', 'p95', 'p99', 'max', 'samples'], rows, terminal);
}

function confidenceTable(record: RunRecord, terminal: Terminal): string {
  const { paint } = terminal;
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
  return table([], rows, terminal);
}

function ledgerTable(record: RunRecord, terminal: Terminal): string {
  const { paint } = terminal;
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
    ['', rateWords(record)],
    ['', `${count(number('messages.complete'))} reached everyone, ${count(number('messages.incomplete'))} did not`],
  ];
  return table([], rows, terminal);
}

function healthTable(record: RunRecord, terminal: Terminal): string {
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
  const limit = crowdLimitWords(record);
  const spread = imbalanceWords(record);
  const slowest = slowestShard(record.shards);
  const rows = [
    ...(users > 0 && !record.search ? [['crowd', crowd]] : []),
    ...(limit === undefined ? [] : [['', limit]]),
    [
      'transports',
      `probes: ${open('websocket')} WebSocket, ${open('polling')} polling; ${count(numberOf(record, 'connections.established{by=crowd}'))} crowd connections`,
    ],
    ...record.nodes.map((node, i) => [i === 0 ? 'nodes' : '', nodeWords(node)]),
    ...(spread === undefined ? [] : [['', spread]]),
    ...record.shards.map((shard, i) => [i === 0 ? 'shards' : '', shardWords(shard)]),
    ...(slowest ? [['', `the slowest is shard ${slowest.number}, by ${slowest.worker}`]] : []),
    ['generator', `${lagWords}${loop === undefined ? '' : `; event loop at most ${percent(loop)} busy`}`],
    ['peak CPU', [...cpu('server'), ...cpu('probes'), ...cpu('crowd')].join(', ') || 'unknown'],
  ];
  return table([], rows, terminal);
}

function thresholdTable({ verdict }: RunRecord, terminal: Terminal): string {
  const { paint } = terminal;
  const words = { pass: paint('green', '✓ pass'), fail: paint('red', '✗ fail'), unknown: paint('yellow', '? unknown') };
  const rows = verdict.thresholds.map((result) => [words[result.outcome], result.text, thresholdValue(result)]);
  return table([], rows, terminal);
}
