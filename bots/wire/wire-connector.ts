import type { ClientOptions } from '../client-orders.ts';
import type { Dialect } from '../dialect/dialect.ts';
import type { Endpoint } from '../endpoint.ts';
import { Identities } from '../identity/identities.ts';
import { UserFacts } from '../identity/user-facts.ts';
import { nobody } from '../identity/user-identity.ts';
import { authOf, type SharedOptions, sharedOptionsOf, userOptionsOf } from '../socketio/client-options.ts';
import type { Connector } from '../socketio/socketio-connection.ts';
import type { TransportName } from './engine-session.ts';
import { type Site, siteTo } from './links/site.ts';
import { PacketParser } from './packets/packet-parser.ts';
import { WireConnection, type WireSetup } from './wire-connection.ts';

/** What connections of the wire are told beside what every client is. */
export interface WireOptions {
  /** Addresses of this machine to connect from, in turn: there are about 28,000 connections to a port from each. */
  readonly localAddresses?: readonly string[];
}

/** As socket.io-client's. */
const DEFAULT_TRANSPORTS: readonly TransportName[] = ['polling', 'websocket'];
const TIMEOUT_MS = 20_000;

/**
 * Makes connections of a dialect's users over the wire: many of them fit into a process. Rejects with a UsageError where what
 * the dialect names cannot be read.
 */
export async function wireConnectorOf(
  dialect: Dialect,
  url: string,
  secrets: readonly string[] = [],
  { localAddresses = [] }: WireOptions = {},
): Promise<Connector> {
  const identities = await Identities.open(dialect, new URL(url));
  const shared = await sharedOptionsOf(dialect);
  const parser = new PacketParser(shared.parser);
  let made = 0;
  return (n, endpoint, client = {}) => {
    const own = localAddresses[made++ % Math.max(1, localAddresses.length)];
    const setup: WireSetup = {
      namespace: dialect.namespace,
      parser,
      ...sessionOptionsOf(shared, client),
      authOf: authOf(dialect),
      identify: () => identities.of(n),
      siteOf: (identity, localAddress = own) => siteOf(endpoint, dialect, shared, identity, localAddress),
    };
    return new WireConnection(setup, new UserFacts(nobody, secrets));
  };
}

function sessionOptionsOf(
  shared: SharedOptions,
  { transports, tryAllTransports = false, timeout = TIMEOUT_MS }: ClientOptions,
): Pick<WireSetup, 'session' | 'timeoutMs'> {
  const tried = transports ?? shared.transports ?? DEFAULT_TRANSPORTS;
  return { session: { transports: tried, tryAllTransports }, timeoutMs: timeout };
}

function siteOf(
  endpoint: Endpoint,
  dialect: Dialect,
  { path, ca, rejectUnauthorized }: SharedOptions,
  identity: Parameters<typeof userOptionsOf>[2],
  localAddress: string | undefined,
): Site {
  const { query, extraHeaders } = userOptionsOf(endpoint, dialect, identity);
  const origin = endpoint.via ?? endpoint.url;
  const tls = {
    ...(ca !== undefined && { ca: ca as string }),
    ...(rejectUnauthorized === false && { rejectUnauthorized }),
  };
  const { url } = endpoint;
  return siteTo({ origin, url, path, query, headers: extraHeaders, tls, localAddress, jar: identity.jar });
}
