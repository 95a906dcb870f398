import { io, type Socket } from 'socket.io-client';
import type { Dialect } from './dialect.ts';

/** A socket of its own connection to a target, in the dialect's namespace, not connected yet. */
export function connectionTo(url: string, dialect: Dialect): Socket {
  const address = new URL(url);
  const { origin, search } = address;
  const authorization = authorizationOf(address);
  return io(origin + dialect.namespace, {
    autoConnect: false,
    forceNew: true,
    path: dialect.path,
    auth: dialect.auth,
    query: Object.fromEntries(new URLSearchParams(search)),
    extraHeaders: authorization ? { Authorization: authorization } : {},
  });
}

/** The Authorization header for an address's user info, undefined without any. */
export function authorizationOf({ username, password }: URL): string | undefined {
  if (!username) return undefined;
  return `Basic ${btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}`;
}

/** Connects once and ends again. Rejects with the client's reason where that does not work within `timeoutMs`. */
export async function knock(url: string, dialect: Dialect, timeoutMs: number): Promise<void> {
  const socket = connectionTo(url, dialect);
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
  const cause = [description, context?.statusText].find((candidate) => candidate instanceof Error);
  if (cause?.message) return `${error.message}: ${cause.message}`;
  return typeof description === 'number' && description > 0 ? `${error.message}: HTTP ${description}` : error.message;
}
