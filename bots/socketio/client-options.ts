import type { Dialect } from '../dialect/dialect.ts';
import { fill } from '../dialect/payload.ts';
import { authorizationOf, type Endpoint } from '../endpoint.ts';
import { tlsOptionsOf } from '../identity/identities.ts';
import type { Identity } from '../identity/user-identity.ts';
import { loadParser } from '../load-parser.ts';

/** What a user with such blanks sends when it connects. */
export type AuthOf = (blanks: Readonly<Record<string, string>>) => Readonly<Record<string, unknown>>;

/** What socket.io-client is told the same way for every user of a dialect. */
export interface SharedOptions {
  readonly path: string;
  readonly transports?: ('polling' | 'websocket')[];
  /** An encoder and a decoder, as a module exports them. */
  readonly parser?: unknown;
  readonly ca?: unknown;
  readonly rejectUnauthorized?: boolean;
}

/** What it is told of one user. */
export interface UserOptions {
  readonly auth: Readonly<Record<string, unknown>>;
  readonly query: Record<string, string>;
  readonly extraHeaders: Record<string, string>;
}

/** Rejects with a UsageError where the dialect's parser or certificate cannot be read. */
export async function sharedOptionsOf(dialect: Dialect): Promise<SharedOptions> {
  const { path, transports, parser } = dialect;
  return {
    path,
    ...(transports && { transports: [...transports] }),
    ...(parser !== null && { parser: await loadParser(parser) }),
    ...(tlsOptionsOf(dialect) as Pick<SharedOptions, 'ca' | 'rejectUnauthorized'>),
  };
}

/** What is sent with a connection, without what waits for a value that the target has yet to give. */
export function authOf({ auth }: Dialect): AuthOf {
  return (blanks) => {
    const filled = Object.entries(fill(auth, blanks) as object);
    return Object.fromEntries(filled.filter(([, value]) => !/^\{\w+\}$/.test(String(value))));
  };
}

export function userOptionsOf({ url, via }: Endpoint, dialect: Dialect, { blanks }: Identity): UserOptions {
  const address = new URL(url);
  const authorization = authorizationOf(address);
  return {
    auth: authOf(dialect)(blanks),
    query: { ...Object.fromEntries(address.searchParams), ...(fill(dialect.query, blanks) as Record<string, string>) },
    extraHeaders: {
      ...(authorization && { Authorization: authorization }),
      ...(fill(dialect.headers, blanks) as Record<string, string>),
      ...(via && { Host: address.host }),
    },
  };
}
