import type { Event } from '../metrics/events.ts';
import { parseMetricKey } from '../metrics/metric-key.ts';
import type { RunPlan, RunRecord } from '../run-record/run-record.ts';
import { median } from '../statistics/median.ts';
import type { Timeline } from './timeline.ts';

export type Fallback = NonNullable<RunRecord['fallback']>;
export type Cell = Fallback['cells'][number];
type PlannedCell = NonNullable<RunPlan['matrix']>['cells'][number];

/** A client that opened a link so often while it was looked at keeps connecting again. */
const FLAPPING_LINKS = 3;

/** What became of every cell's clients, from the raw events of their connections; null where the run had no cells. */
export function fallbackOf(plan: RunPlan, events: readonly Event[], timeline: Timeline): Fallback | null {
  const { matrix } = plan;
  if (!matrix) return null;
  const clients = new Map<number, Client>();
  const times = cellTimesOf(plan, events);
  for (const event of events)
    if ('bot' in event && event.kind !== 'anomaly') follow(clientOf(clients, event.bot), event);
  return {
    cells: matrix.cells.map((cell) => cellOf(cell, clients, times)),
    refusals: Object.fromEntries(
      matrix.networks.map((network) => [
        network,
        refusalsIn(
          matrix.cells.find((cell) => cell.network === network),
          timeline,
        ),
      ]),
    ),
  };
}

/** A time that something took in a cell, under its metric's name. */
export interface CellTime {
  readonly name: 'connect.time' | 'upgrade.time' | 'fallback.time';
  readonly cell: PlannedCell;
  readonly ms: number;
}

/** How long connecting, upgrading and falling back took in each cell. */
export function cellTimesOf({ matrix }: RunPlan, events: readonly Event[]): CellTime[] {
  const cells = new Map<number, PlannedCell>();
  for (const cell of matrix?.cells ?? []) {
    for (let i = 0; i < cell.bots[1]; i++) cells.set(cell.bots[0] + i, cell);
  }
  return events.flatMap((event): CellTime[] => {
    const cell = 'bot' in event ? cells.get(event.bot) : undefined;
    if (!cell) return [];
    if (event.kind === 'connected') return [{ name: 'connect.time', cell, ms: event.afterMs }];
    if (event.kind === 'upgraded') return [{ name: 'upgrade.time', cell, ms: event.openedAgoMs }];
    const fellBack = event.kind === 'heard' && event.transport === 'polling' && cell.network !== 'open';
    return fellBack ? [{ name: 'fallback.time', cell, ms: event.sinceConnectMs }] : [];
  });
}

/** One client, as its events tell of it. */
interface Client {
  links: number;
  disconnects: number;
  heard: boolean;
  /** Null while it is not connected. */
  transport: string | null;
  readonly troubles: Set<string>;
}

function clientOf(clients: Map<number, Client>, bot: number): Client {
  const known = clients.get(bot);
  if (known) return known;
  const client: Client = { links: 0, disconnects: 0, heard: false, transport: null, troubles: new Set() };
  clients.set(bot, client);
  return client;
}

function follow(client: Client, event: Extract<Event, { bot: number }>): void {
  switch (event.kind) {
    case 'opened':
      client.links++;
      return;
    case 'connected':
    case 'upgraded':
      client.transport = event.transport;
      return;
    case 'heard':
      client.heard = true;
      return;
    case 'connectFailed':
      client.troubles.add(`connect ${event.reason}`);
      return;
    case 'upgradeFailed':
      client.troubles.add(`upgrade ${event.reason}`);
      return;
    case 'disconnected':
      client.disconnects++;
      client.transport = null;
      client.troubles.add(`disconnect ${event.reason}`);
  }
}

function cellOf(cell: PlannedCell, clients: ReadonlyMap<number, Client>, times: readonly CellTime[]): Cell {
  const {
    order,
    network,
    bots: [first, count],
  } = cell;
  const medianOf = (name: CellTime['name']) =>
    median(times.filter((time) => time.cell === cell && time.name === name).map(({ ms }) => ms)) ?? null;
  const own = Array.from({ length: count }, (_, i) => clients.get(first + i)).filter((client) => client !== undefined);
  const on = (transport: string) => own.filter((client) => client.transport === transport).length;
  return {
    order,
    network,
    clients: count,
    through: own.filter(({ heard }) => heard).length,
    flapping: own.filter(({ links }) => links >= FLAPPING_LINKS).length,
    disconnects: own.reduce((sum, { disconnects }) => sum + disconnects, 0),
    medianMs: {
      connect: medianOf('connect.time'),
      upgrade: medianOf('upgrade.time'),
      fallback: medianOf('fallback.time'),
    },
    transports: { polling: on('polling'), websocket: on('websocket') },
    troubles: troublesOf(own),
  };
}

/** What went wrong, by how many clients it happened to. */
function troublesOf(clients: readonly Client[]): Cell['troubles'] {
  const counts = new Map<string, number>();
  for (const { troubles } of clients)
    for (const trouble of troubles) counts.set(trouble, (counts.get(trouble) ?? 0) + 1);
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([trouble, count]) => {
      const space = trouble.indexOf(' ');
      const at = trouble.slice(0, space) as Cell['troubles'][number]['at'];
      return { at, reason: trouble.slice(space + 1), clients: count };
    });
}

/** What the server itself says of the handshakes that it refused while a network was looked at. */
function refusalsIn(cell: PlannedCell | undefined, timeline: Timeline): Record<string, number> {
  if (!cell) return {};
  const counts: Record<string, number> = {};
  for (const key of timeline.counterKeys('server.refused')) {
    const reason = parseMetricKey(key)?.labels.reason;
    let count = 0;
    for (let second = cell.from; second < cell.to; second++) count += timeline.counter(key, second);
    if (reason !== undefined && count > 0) counts[reason] = count;
  }
  return counts;
}
