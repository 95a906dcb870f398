import type { LinkChange } from '../../../bots/chat-socket.ts';
import { type ClientOptions, clientOrders } from '../../../bots/client-orders.ts';
import { plainSpeech } from '../../../bots/dialect/built-in.ts';
import { type DialectInput, dialectSchema } from '../../../bots/dialect/dialect.ts';
import { connectorOf } from '../../../bots/socketio/socketio-connection.ts';
import { wireConnectorOf } from '../../../bots/wire/wire-connector.ts';

/** Every client that is behind the chat socket port, each held to the same contract: `bots/contract/`. */
export const clients = [
  ['socket.io-client', connectorOf],
  ['wire', wireConnectorOf],
] as const;

export type ConnectorOf = typeof connectorOf;

/** What ends or removes what a test has begun. */
export type Finish = (end: () => void | Promise<void>) => void;

export interface LinkOptions extends ClientOptions {
  readonly dialect?: Partial<DialectInput>;
  readonly secrets?: readonly string[];
}

/** A connection that is not begun yet; `log` keeps changes and the events that are listened for as they come. */
export async function linkTo(
  connectorOf: ConnectorOf,
  url: string,
  finish: Finish,
  { dialect = {}, secrets = [], ...client }: LinkOptions = {},
) {
  const spoken = dialectSchema.parse({ ...plainSpeech, ...dialect });
  const connection = (await connectorOf(spoken, url, secrets))(0, { url }, client);
  finish(() => connection.close());
  const [changes, log]: [LinkChange[], unknown[]] = [[], []];
  connection.watch((change) => {
    changes.push(change);
    log.push(change.kind);
  });
  const kinds = () => changes.map(({ kind }) => kind);
  return {
    connection,
    changes,
    log,
    kinds,
    /** Whether it is connected, over the transport that it stays on. Which of two steps is told last is up to the server. */
    isSettled: ({ transports = [] }: ClientOptions) =>
      kinds().includes('connected') && (transports.join() !== 'polling,websocket' || kinds().includes('upgraded')),
    hear: (event: string) => connection.on(event, (args) => log.push([event, ...args])),
  };
}

export type Link = Awaited<ReturnType<typeof linkTo>>;

export const connecting: LinkChange = { kind: 'connecting' };
export const connected: LinkChange = { kind: 'connected', recovered: false };
export const recovered: LinkChange = { kind: 'connected', recovered: true };
export const upgraded: LinkChange = { kind: 'upgraded', transport: 'websocket' };

/** `opened` by a server as {@link socketIoServer} makes it. */
export function opened(transport: string, upgrades: readonly string[] = []): LinkChange {
  const handshake = { pingIntervalMs: 60_000, pingTimeoutMs: 60_000, maxPayloadBytes: 1_000_000, upgrades };
  return { kind: 'opened', transport, handshake };
}

export function ended(reason: string): LinkChange {
  return { kind: 'disconnected', reason, byClient: reason === 'io client disconnect' };
}

export function failed(reason: string, answered = false): LinkChange {
  return { kind: 'connectFailed', reason, answered };
}

export function notUpgraded(reason: string): LinkChange {
  return { kind: 'upgradeFailed', reason };
}

export const socketOnly = clientOrders['websocket-only'];
export const pollingOnly = clientOrders['polling-only'];
export const pollingFirst = clientOrders['polling-first'];
/** What is told of a link over WebSocket, or over polling, that is connected at once. */
export const overSocket = [connecting, opened('websocket'), connected];
export const overPolling = [connecting, opened('polling'), connected];
