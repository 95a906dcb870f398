import type { CookieJar } from 'tough-cookie';
import type { TlsOptions } from '../../http-exchange.ts';
import type { LinkAddress } from './byte-link.ts';

/** Where a session's requests go, and what they all carry. */
export interface Site {
  readonly address: LinkAddress;
  /** With a slash at its end. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Host included. */
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined where no cookies are kept. */
  readonly jar: CookieJar | undefined;
  /** The target's own address: cookies belong to it, whatever the link goes through. */
  readonly url: string;
}

/** A site as its user knows it. */
export interface SiteOptions extends Pick<Site, 'path' | 'query' | 'headers' | 'jar' | 'url'> {
  /** What is connected to: the target, or a proxy before it. */
  readonly origin: string;
  readonly tls: TlsOptions;
  readonly localAddress: string | undefined;
}

export function siteTo({ origin, tls, localAddress, path, headers, ...site }: SiteOptions): Site {
  const { protocol, hostname, host, port } = new URL(origin);
  const isSecure = protocol === 'https:' || protocol === 'wss:';
  return {
    ...site,
    address: {
      // An IPv6 address stands in brackets.
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || (isSecure ? 443 : 80),
      tls: isSecure ? tls : undefined,
      localAddress,
    },
    path: `${path.replace(/\/$/, '')}/`,
    headers: { Host: host, ...headers },
  };
}

/** The head of a request, its empty line included. */
export function requestHead(
  site: Site,
  method: 'GET' | 'POST',
  query: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
): string {
  const path = `${site.path}?${new URLSearchParams({ ...site.query, ...query })}`;
  const cookie = site.jar?.getCookieStringSync(new URL(path, site.url).href);
  const all = { ...site.headers, ...headers, ...(cookie && { Cookie: cookie }) };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** Keeps the cookies of an answer, as a browser does. */
export function keepCookies({ jar, path, url }: Site, cookies: readonly string[]): void {
  for (const line of cookies) jar?.setCookieSync(line, new URL(path, url).href, { ignoreError: true });
}
