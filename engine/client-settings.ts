import type { ClientOptions } from '../bots/client-orders.ts';
import { tlsOf } from '../bots/http-exchange.ts';
import { UserFacts } from '../bots/identity/user-facts.ts';
import { loadParser } from '../bots/load-parser.ts';
import type { AuthOf } from '../bots/socketio/client-options.ts';
import { siteTo } from '../bots/wire/links/site.ts';
import { PacketParser } from '../bots/wire/packets/packet-parser.ts';
import { openingOf, WireConnection } from '../bots/wire/wire-connection.ts';

/** What a connection is told: options of socket.io-client by their own names, and some of this engine. Durations in ms. */
export interface ClientSettings extends ClientOptions {
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly auth?: Readonly<Record<string, unknown>>;
  readonly extraHeaders?: Readonly<Record<string, string>>;
  /** `msgpack`, the name of a module, or the module. */
  readonly parser?: unknown;
  readonly ca?: string;
  readonly rejectUnauthorized?: boolean;
  /** Addresses of this machine to connect from, in turn. */
  readonly localAddresses?: readonly string[];
  /** Who the user is, beside what `auth` says: a processor's function may know. */
  readonly user?: { readonly facts: UserFacts; readonly authOf: AuthOf; readonly url: string };
}

/** By parser: users of one parser share what it has read. */
const parsers = new Map<unknown, Promise<PacketParser>>();
let made = 0;

/** A connection to a namespace of a target, which is not connected yet. Rejects with an Error where its parser cannot be loaded. */
export async function connectionTo(
  target: string,
  namespace: string,
  settings: ClientSettings,
): Promise<WireConnection> {
  const { auth = {}, query = {}, path = '/socket.io/', extraHeaders: headers = {}, localAddresses = [] } = settings;
  const { user } = settings;
  const parser = await parserOf(settings.parser);
  const { origin, searchParams } = new URL(target);
  const facts = user?.facts ?? new UserFacts();
  const { jar } = facts.identity;
  const localAddress = localAddresses[made++ % Math.max(1, localAddresses.length)];
  const asked = { ...Object.fromEntries(searchParams), ...query };
  const url = user?.url ?? target;
  const site = siteTo({ origin, url, path, query: asked, headers, tls: tlsOf(settings), localAddress, jar });
  const authOf = user?.authOf ?? (() => auth);
  const identify = () => Promise.resolve(facts.identity);
  const setup = { namespace, parser, ...openingOf(settings), authOf, identify, siteOf: () => site };
  return new WireConnection(setup, facts, 0, localAddress);
}

function parserOf(named: unknown): Promise<PacketParser> {
  const parser = parsers.get(named) ?? makeParser(named);
  parsers.set(named, parser);
  return parser;
}

async function makeParser(named: unknown): Promise<PacketParser> {
  return new PacketParser(typeof named === 'string' ? await loadParser(named) : (named ?? undefined));
}
