/** Where a client connects: the target's address, and the proxy that it connects through, if any. */
export interface Endpoint {
  /** User info and query included. */
  readonly url: string;
  /** The proxy's origin. */
  readonly via?: string;
}

/** What of an address is secret: its user info and the values of its query. */
export function secretsIn({ username, password, searchParams }: URL): string[] {
  return [username, password, ...searchParams.values()]
    .flatMap((text) => [text, decodeURIComponent(text)])
    .filter(Boolean);
}

/** The Authorization header for an address's user info, undefined without any. */
export function authorizationOf({ username, password }: URL): string | undefined {
  if (!username) return undefined;
  return `Basic ${btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}`;
}
