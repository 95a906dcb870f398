import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { io, type Socket } from 'socket.io-client';
import type { Dialect } from './dialect.ts';

/** What a client may be told otherwise than by default, in socket.io-client's own words; `timeout` in ms. */
export interface ClientOptions {
  readonly transports?: readonly ('polling' | 'websocket')[];
  readonly tryAllTransports?: boolean;
  readonly timeout?: number;
}

/** Where a client goes: the target's address, and where it is reached if not there, by a proxy that stands before it. */
export interface Door {
  /** User info and query included. */
  readonly url: string;
  /** The proxy's origin. */
  readonly by?: string;
}

/** What keeps a client's polling connections open between requests, as browsers do; to be destroyed with the client. */
export function agentOf({ url, by }: Door, localAddress?: string): Agent {
  const options = { keepAlive: true, ...(localAddress && { localAddress }) };
  const agent = new URL(by ?? url).protocol === 'https:' ? new TlsAgent(options) : new Agent(options);
  // Told that a connection was kept, the client's XMLHttpRequest (xmlhttprequest-ssl 2.1.2) begins its request anew when
  // that connection is reset, but never sends it: the client would believe in its link until the server's pings are missed.
  agent.reuseSocket = (socket, request) => {
    Agent.prototype.reuseSocket.call(agent, socket, request);
    request.reusedSocket = false;
  };
  return agent;
}

/** A socket of its own connection to a target, in the dialect's namespace, not connected yet. */
export function connectionTo({ url, by }: Door, dialect: Dialect, options: ClientOptions = {}, agent?: Agent): Socket {
  const address = new URL(url);
  const { origin, search, host } = address;
  const authorization = authorizationOf(address);
  const { transports, ...others } = options;
  return io((by ?? origin) + dialect.namespace, {
    ...others,
    // Typed for browsers, where there is none.
    ...(agent && { agent: agent as unknown as string }),
    ...(transports && { transports: [...transports] }),
    autoConnect: false,
    forceNew: true,
    path: dialect.path,
    auth: dialect.auth,
    query: Object.fromEntries(new URLSearchParams(search)),
    extraHeaders: { ...(authorization && { Authorization: authorization }), ...(by && { Host: host }) },
  });
}

/** The Authorization header for an address's user info, undefined without any. */
export function authorizationOf({ username, password }: URL): string | undefined {
  if (!username) return undefined;
  return `Basic ${btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}`;
}

/** Connects once and ends again. Rejects with the client's reason where that does not work within `timeoutMs`. */
export async function knock(url: string, dialect: Dialect, timeoutMs: number): Promise<void> {
  const socket = connectionTo({ url }, dialect);
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
      socket.once('connect', () => {
        clearTimeout(timer);
        resolve();
      });
      socket.once('connect_error', (error) => {
        clearTimeout(timer);
        reject(new Error(reasonOf(error)));
      });
      socket.connect();
    });
  } finally {
    socket.disconnect();
  }
}

/** A client's error in words, with the cause that the client keeps behind it: a system error, or an HTTP status. */
export function reasonOf(error: Error): string {
  const { description, context } = error as { description?: unknown; context?: { statusText?: unknown } };
  for (const cause of [description, context?.statusText]) {
    const { message } = (cause ?? {}) as { message?: unknown };
    if (typeof message === 'string' && message !== '') return `${error.message}: ${message}`;
  }
  return typeof description === 'number' && description > 0 ? `${error.message}: HTTP ${description}` : error.message;
}
