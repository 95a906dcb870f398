/** What the cells of a fallback run are called in words: what became of the clients, why, and what to do about it. */

import { metricKey } from '../measure/keys.ts';
import type { RunRecord } from '../measure/run-record.ts';
import { count, listed, ms, numberOf, plainNumber } from './sentences.ts';

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
export function cellTime(record: RunRecord, cell: Cell): string {
  const { clients, through, disconnects } = cell;
  if (outcomeOf(cell) === 'never') return shortReason(cell);
  const time = outcomeOf(cell) === 'flapping' ? undefined : timeToTalk(record, cell);
  return [
    through < clients && through > 0 ? `${through} of ${clients}` : '',
    time === undefined ? '' : ms(time),
    disconnects === 0 ? '' : `cut ${plainNumber(disconnects / clients)}×`,
  ]
    .filter(Boolean)
    .join(', ');
}

/** A cell in whole sentences. */
export function cellSentence(record: RunRecord, cell: Cell): string {
  const { clients, through, disconnects, flapping, troubles } = cell;
  const time = timeToTalk(record, cell);
  const upgrade = medianOf(record, 'upgrade.time', cell);
  return [
    `${through === clients ? `All ${clients}` : `${through === 0 ? 'None' : through} of ${clients}`} got through`,
    time === undefined || through === 0 ? '' : `, in ${ms(time)} at the median`,
    upgrade === undefined ? '' : `; the upgrade took ${ms(upgrade)}`,
    disconnects === 0 ? '' : `; ${count(disconnects)} connections were cut`,
    flapping === 0 ? '' : `, ${count(flapping)} clients kept connecting again`,
    '.',
    ...troubles.map((trouble) => ` ${troubleWords[trouble.at]} «${trouble.reason}» (${count(trouble.clients)}).`),
  ].join('');
}

/** Why a network did what it did, by the clients' own words and the server's; undefined where nothing went wrong. */
export function networkSentence(record: RunRecord, network: string): string | undefined {
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
export function transportCosts(record: RunRecord) {
  return (record.matrix?.costs ?? []).map(({ transport, network }) => {
    const of = (name: string) => knownNumber(record, metricKey(name, { transport }));
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

/** What follows from the matrix for those who run the chat, each with the remedy. */
export function fallbackFindings(record: RunRecord): string[] {
  if (!record.fallback) return [];
  return [neverWebSocketFirst, tryAllDoesNot, keepConnecting, cutWhenIdle, stripped, costly].flatMap(
    (find) => find(record) ?? [],
  );
}

type Finding = (record: RunRecord) => string | undefined;

const neverWebSocketFirst: Finding = (record) => {
  const networks = networksWhere(
    record,
    (of) => of('polling-first') === 'polling' && isDown(of('websocket-first') ?? of('websocket-only')),
  );
  if (networks.length === 0) return undefined;
  return `Clients that try WebSocket first without tryAllTransports, or WebSocket only, never get through on ${listed(networks)}: keep polling first (the default), or set tryAllTransports where that helps.`;
};

const tryAllDoesNot: Finding = (record) => {
  const networks = networksWhere(
    record,
    (of) => of('polling-first') === 'polling' && isDown(of('websocket-first-try-all')),
  );
  if (networks.length === 0) return undefined;
  const timeout = ms(record.matrix?.clientTimeoutMs ?? 0);
  return `tryAllTransports does not help on ${listed(networks)}: it tries the next transport only when the first one fails outright, not when it is never answered (the client gives up after its timeout, ${timeout} here, 20 s by default) or cut once it is open. Only polling first gets everyone through.`;
};

const keepConnecting: Finding = ({ fallback }) => {
  const cells = fallback?.cells.filter((cell) => outcomeOf(cell) === 'flapping') ?? [];
  if (cells.length === 0) return undefined;
  const networks = [...new Set(cells.map(({ network }) => network))];
  const orders = [...new Set(cells.map(({ order }) => order))];
  return `Clients with ${listed(orders)} keep connecting again on ${listed(networks)}: each attempt opens and is cut, so no error tells them, and each costs the server a handshake.`;
};

const cutWhenIdle: Finding = ({ fallback, scenario }) => {
  const networks = (fallback?.cells ?? [])
    .filter((cell) => cell.disconnects > 0 && ['websocket', 'mixed'].includes(outcomeOf(cell)))
    .map(({ network }) => network);
  if (networks.length === 0) return undefined;
  const interval = (scenario.server as { pingInterval?: number } | undefined)?.pingInterval;
  const here = interval === undefined ? '' : ` (pingInterval is ${ms(interval)} here)`;
  return `WebSockets were cut on ${listed([...new Set(networks)])} and had to come back: keep the server's pingInterval below the time after which proxies on the way cut what is idle${here}.`;
};

const stripped: Finding = ({ fallback }) => {
  const networks = Object.entries(fallback?.refusals ?? {}).flatMap(([network, reasons]) =>
    Object.keys(reasons).some((reason) => /^TRANSPORT_(MISMATCH|HANDSHAKE_ERROR)$/.test(reason)) ? [network] : [],
  );
  if (networks.length === 0) return undefined;
  return `On ${listed(networks)} the server was asked for WebSocket without an Upgrade header: something on the way strips it. A reverse proxy has to pass \`Upgrade\` and \`Connection\` on.`;
};

const costly: Finding = (record) => {
  const costs = transportCosts(record);
  const polling = costs.find(({ transport }) => transport === 'polling');
  const websocket = costs.find(({ transport }) => transport === 'websocket');
  if (!polling?.bytes || !websocket?.bytes) return undefined;
  const cpu =
    polling.cpuMs && websocket.cpuMs
      ? `${plainNumber(polling.cpuMs / websocket.cpuMs)} times the server's CPU and `
      : '';
  return `A message delivered over polling costs ${cpu}${plainNumber(polling.bytes / websocket.bytes)} times the bytes of one over WebSocket.`;
};

/** The networks, but the open one, for which something holds of the outcomes by client order. */
function networksWhere(
  { fallback, matrix }: RunRecord,
  holds: (of: (order: string) => CellOutcome | undefined) => boolean,
): string[] {
  return (matrix?.networks ?? []).filter((network) => {
    if (network === 'open') return false;
    const outcomes = new Map(
      fallback?.cells.filter((cell) => cell.network === network).map((cell) => [cell.order, outcomeOf(cell)]),
    );
    return holds((order) => outcomes.get(order));
  });
}

function isDown(outcome: CellOutcome | undefined): boolean {
  return outcome === 'never' || outcome === 'flapping';
}

/** From connect() to the first word heard where the client fell back, to the connect event elsewhere; ms. */
function timeToTalk(record: RunRecord, cell: Cell): number | undefined {
  return medianOf(record, 'fallback.time', cell) ?? medianOf(record, 'connect.time', cell);
}

function medianOf({ metrics }: RunRecord, name: string, { order, network }: Cell): number | undefined {
  const metric = metrics[metricKey(name, { order, network })];
  return metric && 'p50' in metric && metric.count > 0 ? (metric.p50 ?? metric.mean) : undefined;
}

function knownNumber(record: RunRecord, key: string): number | undefined {
  return record.metrics[key] ? numberOf(record, key) : undefined;
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
