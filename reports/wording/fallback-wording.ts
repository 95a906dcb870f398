/** What the cells of a fallback run are called in words: what became of the clients, why, and what to do about it. */

import { metricKey } from '../../measure/metrics/metric-key.ts';
import { knownNumberOf } from '../../measure/run-record/read-metrics.ts';
import type { FoldedRun, RunRecord } from '../../measure/run-record/run-record.ts';
import { count, ms, plainNumber } from './quantities.ts';

type Fallback = NonNullable<RunRecord['fallback']>;
export type Cell = Fallback['cells'][number];

/** What became of a cell's clients, all of them or most. */
export type CellOutcome = 'websocket' | 'polling' | 'flapping' | 'mixed' | 'never';

export const outcomeWords: Readonly<Record<CellOutcome, string>> = {
  websocket: '✓ WebSocket',
  polling: '✓ polling',
  flapping: '↻ flapping',
  mixed: '~ some',
  never: '✗ never',
};

export function outcomeOf({ clients, through, flapping, transports }: Cell): CellOutcome {
  if (flapping * 2 > clients) return 'flapping';
  if (through === 0) return 'never';
  if (through < clients) return 'mixed';
  return transports.polling > transports.websocket ? 'polling' : 'websocket';
}

/** How long it took the cell's clients to get through at the median, or why they did not; short enough for a table. */
export function cellTime(cell: Cell): string {
  const { clients, through, disconnects } = cell;
  if (outcomeOf(cell) === 'never') return shortReason(cell);
  const time = outcomeOf(cell) === 'flapping' ? null : timeToTalk(cell);
  return [
    through < clients && through > 0 ? `${through} of ${clients}` : '',
    time === null ? '' : ms(time),
    disconnects === 0 ? '' : `cut ${plainNumber(disconnects / clients)}×`,
  ]
    .filter(Boolean)
    .join(', ');
}

/** A cell in whole sentences. */
export function cellSentence(cell: Cell): string {
  const { clients, through, disconnects, flapping, troubles } = cell;
  const time = timeToTalk(cell);
  const { upgrade } = cell.medianMs;
  return [
    `${through === clients ? `All ${clients}` : `${through === 0 ? 'None' : through} of ${clients}`} clients connected`,
    time === null || through === 0 ? '' : `, in ${ms(time)} at the median`,
    upgrade === null ? '' : `; the upgrade took ${ms(upgrade)}`,
    disconnects === 0 ? '' : `; ${count(disconnects)} connections were cut`,
    flapping === 0 ? '' : `; ${count(flapping)} clients kept reconnecting`,
    '.',
    ...troubles.map((trouble) => ` ${troubleWords[trouble.at]} «${trouble.reason}» (${count(trouble.clients)}).`),
  ].join('');
}

/** Why a network did what it did, by the clients' own words and the server's; undefined where nothing went wrong. */
export function networkSentence(record: FoldedRun, network: string): string | undefined {
  const cells = record.fallback?.cells.filter((cell) => cell.network === network) ?? [];
  const said = new Map<string, number>();
  for (const { troubles } of cells) {
    for (const { at, reason, clients } of troubles) {
      const words = `${troubleWords[at]} «${reason}»`;
      said.set(words, (said.get(words) ?? 0) + clients);
    }
  }
  const refused = Object.entries(record.fallback?.refusals[network] ?? {});
  if (said.size === 0 && refused.length === 0) return undefined;
  const clients = [...said].map(([words, n]) => `${words} (${count(n)} clients)`);
  const server = refused.map(([reason, n]) => `${reason} (${count(n)} handshakes)`);
  return [
    ...clients,
    server.length > 0
      ? `the server refused ${server.join(', ')}`
      : record.target.kind === 'embedded'
        ? 'the server refused nothing'
        : '',
  ]
    .filter(Boolean)
    .join('; ');
}

/** What a delivered message costs over each transport, where that was measured. */
export function transportCosts(record: FoldedRun) {
  return (record.matrix?.costs ?? []).map(({ transport, network }) => {
    const of = (name: string) => knownNumberOf(record, metricKey(name, { transport }));
    const latency = record.metrics[metricKey('broadcast.latency', { transport, network })];
    const known = latency && 'p50' in latency && latency.count > 0 ? latency : undefined;
    return {
      transport,
      cpuMs: of('server.cpuPerDelivery'),
      bytes: of('bytes.perDelivery'),
      p50: known?.p50 ?? undefined,
      p95: known?.p95 ?? undefined,
      max: known?.max,
    };
  });
}

/** From connect() to the first word heard where the client fell back, to the connect event elsewhere; ms. */
function timeToTalk({ medianMs: { fallback, connect } }: Cell): number | null {
  return fallback ?? connect;
}

/** The clients' most frequent reason, without its beginning. */
function shortReason({ troubles }: Cell): string {
  const reason = troubles[0]?.reason ?? 'no answer';
  return reason.replace(/^websocket error: (Unexpected server response: )?/, '').replace(/^(\d{3})$/, 'HTTP $1');
}

const troubleWords: Readonly<Record<Cell['troubles'][number]['at'], string>> = {
  connect: 'Connecting failed:',
  upgrade: 'The upgrade failed:',
  disconnect: 'The connection ended:',
};
