import type { FoldedRun } from '../../measure/run-record/run-record.ts';
import { type CellOutcome, outcomeOf, transportCosts } from '../wording/fallback-wording.ts';
import { listed, ms, plainNumber } from '../wording/quantities.ts';
import type { Finds } from './finding.ts';

/** What follows from a matrix of client orders and networks. */
export const fallbackFinds = {
  'websocket-first-fails': (run) => {
    const networks = networksWhere(
      run,
      (of) => of('polling-first') === 'polling' && isDown(of('websocket-first') ?? of('websocket-only')),
    );
    if (networks.length === 0) return undefined;
    return {
      severity: 'critical',
      evidence: `Clients that try WebSocket first without tryAllTransports, or WebSocket only, never connect on ${listed(networks)}.`,
      remedy: 'Keep polling first (the default), or set `tryAllTransports: true` where it helps.',
    };
  },

  'try-all-does-not-help': (run) => {
    const networks = networksWhere(
      run,
      (of) => of('polling-first') === 'polling' && isDown(of('websocket-first-try-all')),
    );
    if (networks.length === 0) return undefined;
    const timeout = ms(run.matrix?.clientTimeoutMs ?? 0);
    return {
      severity: 'warning',
      evidence: `tryAllTransports does not help on ${listed(networks)}: it tries the next transport only if the first one fails outright, not if it is never answered (the client gives up after its timeout, ${timeout} here, 20 s by default) or is cut once it is open.`,
      remedy: 'Use polling first on such networks.',
    };
  },

  'keeps-reconnecting': ({ fallback }) => {
    const cells = fallback?.cells.filter((cell) => outcomeOf(cell) === 'flapping') ?? [];
    if (cells.length === 0) return undefined;
    const networks = [...new Set(cells.map(({ network }) => network))];
    const orders = [...new Set(cells.map(({ order }) => order))];
    return {
      severity: 'warning',
      evidence: `Clients with ${listed(orders)} reconnect over and over on ${listed(networks)}: each connection opens and is cut, so the client sees no error, and each attempt costs the server a handshake.`,
      remedy: 'Use polling first: it stays on polling where WebSocket does not last.',
    };
  },

  'cut-when-idle': ({ fallback, scenario }) => {
    const networks = (fallback?.cells ?? [])
      .filter((cell) => cell.disconnects > 0 && ['websocket', 'mixed'].includes(outcomeOf(cell)))
      .map(({ network }) => network);
    if (networks.length === 0) return undefined;
    const interval = (scenario.server as { pingInterval?: number } | undefined)?.pingInterval;
    const here = interval === undefined ? '' : ` (it is ${ms(interval)} here)`;
    return {
      severity: 'warning',
      evidence: `Idle WebSockets were cut on ${listed([...new Set(networks)])}, and their clients had to reconnect.`,
      remedy: `Set the server's \`pingInterval\` below the idle timeout of every proxy on the way${here}.`,
    };
  },

  'upgrade-header-stripped': ({ fallback }) => {
    const networks = Object.entries(fallback?.refusals ?? {}).flatMap(([network, reasons]) =>
      strippedReasons.some((reason) => reason in reasons) ? [network] : [],
    );
    if (networks.length === 0) return undefined;
    return {
      severity: 'warning',
      evidence: `On ${listed(networks)} the server received WebSocket requests without an Upgrade header: a proxy on the way removes it.`,
      remedy: 'Have the reverse proxy pass on the headers `Upgrade` and `Connection`.',
    };
  },

  'polling-cost': (run) => {
    const costs = transportCosts(run);
    const polling = costs.find(({ transport }) => transport === 'polling');
    const websocket = costs.find(({ transport }) => transport === 'websocket');
    if (!polling?.bytes || !websocket?.bytes) return undefined;
    const cpu =
      polling.cpuMs && websocket.cpuMs
        ? `${plainNumber(polling.cpuMs / websocket.cpuMs)} times the server CPU and `
        : '';
    const bytes = plainNumber(polling.bytes / websocket.bytes);
    return {
      severity: 'info',
      evidence: `A message delivered over polling costs ${cpu}${bytes} times the bytes of one over WebSocket.`,
      remedy: null,
    };
  },
} satisfies Finds;

/** What Engine.IO calls a WebSocket request that arrives without its Upgrade header. */
const strippedReasons = ['TRANSPORT_MISMATCH', 'TRANSPORT_HANDSHAKE_ERROR'];

/** The networks, except the open one, for which something holds of the outcomes by client order. */
function networksWhere(
  { fallback, matrix }: FoldedRun,
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
