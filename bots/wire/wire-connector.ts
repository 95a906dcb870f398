import type { ClientOptions } from '../client-orders.ts';
import type { Dialect } from '../dialect/dialect.ts';
import { blanksIn } from '../dialect/payload.ts';
import type { Endpoint } from '../endpoint.ts';
import { tlsOf } from '../http-exchange.ts';
import { Identities } from '../identity/identities.ts';
import { UserFacts } from '../identity/user-facts.ts';
import { nobody } from '../identity/user-identity.ts';
import { authOf, type SharedOptions, sharedOptionsOf, userOptionsOf } from '../socketio/client-options.ts';
import type { Connector } from '../socketio/socketio-connection.ts';
import { type Site, siteTo } from './links/site.ts';
import { PacketParser } from './packets/packet-parser.ts';
import { openingOf, WireConnection, type WireSetup } from './wire-connection.ts';

/** What connections of the wire are told beside what every client is. */
export interface WireOptions {
  /** Addresses of this machine to connect from, in turn: there are about 28,000 connections to a port from each. */
  readonly localAddresses?: readonly string[];
}

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
  const common = {
    namespace: dialect.namespace,
    parser,
    authOf: authOf(dialect),
    identify: identities.of.bind(identities),
  };
  const setupOf = memoized(
    (endpoint: Endpoint, client: ClientOptions): WireSetup => ({
      ...common,
      ...openingOf({ ...(shared.transports && { transports: shared.transports }), ...client }),
      siteOf: siteMaker(endpoint, dialect, shared),
    }),
  );
  let made = 0;
  return (n, endpoint, client = asUsual) => {
    const localAddress = localAddresses[made++ % Math.max(1, localAddresses.length)];
    return new WireConnection(setupOf(endpoint, client), new UserFacts(nobody, secrets), n, localAddress);
  };
}

const asUsual: ClientOptions = {};

/** Remembers the last result: most users are told the same. */
function memoized<A, B, T>(make: (a: A, b: B) => T): (a: A, b: B) => T {
  let last: { readonly a: A; readonly b: B; readonly made: T } | undefined;
  return (a, b) => {
    if (last?.a !== a || last.b !== b) last = { a, b, made: make(a, b) };
    return last.made;
  };
}

/** Makes sites; users of whom nothing is in their requests share one. */
function siteMaker(endpoint: Endpoint, dialect: Dialect, shared: SharedOptions): WireSetup['siteOf'] {
  const make: WireSetup['siteOf'] = (identity, localAddress) =>
    siteOf(endpoint, dialect, shared, identity, localAddress);
  if (dialect.cookies || blanksIn([dialect.query, dialect.headers]).length > 0) return make;
  const sites = new Map<string | undefined, Site>();
  return (identity, localAddress) => {
    const site = sites.get(localAddress) ?? make(identity, localAddress);
    sites.set(localAddress, site);
    return site;
  };
}

function siteOf(
  endpoint: Endpoint,
  dialect: Dialect,
  shared: SharedOptions,
  identity: Parameters<typeof userOptionsOf>[2],
  localAddress: string | undefined,
): Site {
  const { query, extraHeaders } = userOptionsOf(endpoint, dialect, identity);
  const origin = endpoint.via ?? endpoint.url;
  const { url } = endpoint;
  return siteTo({
    origin,
    url,
    path: shared.path,
    query,
    headers: extraHeaders,
    tls: tlsOf(shared),
    localAddress,
    jar: identity.jar,
  });
}
