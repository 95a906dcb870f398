import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { UserFacts } from '../bots/identity/user-facts.ts';
import type { AuthOf } from '../bots/socketio/client-options.ts';
import { siteTo } from '../bots/wire/links/site.ts';
import { PacketParser } from '../bots/wire/packets/packet-parser.ts';
import type { TransportName } from '../bots/wire/session/transport.ts';
import { WireConnection } from '../bots/wire/wire-connection.ts';

/** What a connection is told: options of socket.io-client by their own names, and some of this engine. Durations in ms. */
export interface ClientSettings {
  readonly transports?: readonly TransportName[];
  readonly tryAllTransports?: boolean;
  readonly path?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly auth?: Readonly<Record<string, unknown>>;
  readonly extraHeaders?: Readonly<Record<string, string>>;
  /** How long a link may take to open. */
  readonly timeout?: number;
  /** `msgpack`, the name of a module, or the module. */
  readonly parser?: unknown;
  readonly ca?: string;
  readonly rejectUnauthorized?: boolean;
  /** Addresses of this machine to connect from, in turn. */
  readonly localAddresses?: readonly string[];
  /** Who the user is, beside what `auth` says: a processor's function may know. */
  readonly user?: { readonly facts: UserFacts; readonly authOf: AuthOf; readonly url: string };
}

const TIMEOUT_MS = 20_000;
const TRANSPORTS: readonly TransportName[] = ['polling', 'websocket'];
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
  const { transports = TRANSPORTS, tryAllTransports = false, timeout: timeoutMs = TIMEOUT_MS } = settings;
  const { ca, rejectUnauthorized = true, user } = settings;
  const parser = await parserOf(settings.parser);
  const { origin, searchParams } = new URL(target);
  const facts = user?.facts ?? new UserFacts();
  const { jar } = facts.identity;
  const tls = { ...(ca !== undefined && { ca }), ...(!rejectUnauthorized && { rejectUnauthorized }) };
  const localAddress = localAddresses[made++ % Math.max(1, localAddresses.length)];
  const asked = { ...Object.fromEntries(searchParams), ...query };
  const url = user?.url ?? target;
  const site = siteTo({ origin, url, path, query: asked, headers, tls, localAddress, jar });
  const session = { transports, tryAllTransports };
  const authOf = user?.authOf ?? (() => auth);
  const identify = () => Promise.resolve(facts.identity);
  const setup = { namespace, parser, session, timeoutMs, authOf, identify, siteOf: () => site };
  return new WireConnection(setup, facts, 0, localAddress);
}

function parserOf(named: unknown): Promise<PacketParser> {
  const parser = parsers.get(named) ?? loadParser(named);
  parsers.set(named, parser);
  return parser;
}

async function loadParser(named: unknown): Promise<PacketParser> {
  if (typeof named !== 'string') return new PacketParser(named ?? undefined);
  const from = createRequire(`${process.cwd()}/`);
  const address = named === 'msgpack' ? 'socket.io-msgpack-parser' : pathToFileURL(from.resolve(named)).href;
  const module = await import(address);
  return new PacketParser(module.Encoder ? module : module.default);
}
