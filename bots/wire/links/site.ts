import type { CookieJar } from 'tough-cookie';
import { bareHost } from '../../../base/hosts.ts';
import type { TlsOptions } from '../../http-exchange.ts';
import type { LinkAddress } from './byte-link.ts';

/** Where a session's requests go, and what they all carry. */
export interface Site {
  readonly address: LinkAddress;
  /** With a slash at its end. */
  readonly path: string;
  /** The path and what every query begins with, up to the place where more can be added. */
  readonly pathAndQuery: string;
  /** The headers of every request, Host included, as lines. */
  readonly headerLines: string;
  /** Undefined where no cookies are kept. */
  readonly jar: CookieJar | undefined;
  /** The target's own address: cookies belong to it, whatever the link goes through. */
  readonly url: string;
}

/** A site as its user knows it. */
export interface SiteOptions extends Pick<Site, 'path' | 'jar' | 'url'> {
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** What is connected to: the target, or a proxy before it. */
  readonly origin: string;
  readonly tls: TlsOptions;
  readonly localAddress: string | undefined;
}

export function siteTo({ origin, tls, localAddress, path: asked, query, headers, ...site }: SiteOptions): Site {
  const { protocol, hostname, host, port } = new URL(origin);
  const path = `${asked.replace(/\/$/, '')}/`;
  const isSecure = protocol === 'https:' || protocol === 'wss:';
  return {
    ...site,
    address: {
      host: bareHost(hostname),
      port: Number(port) || (isSecure ? 443 : 80),
      tls: isSecure ? tls : undefined,
      localAddress,
    },
    path,
    pathAndQuery: `${path}?${new URLSearchParams({ ...query, EIO: '4' })}&transport=`,
    headerLines: Object.entries({ Host: host, ...headers })
      // A line's end within a value would begin another header.
      .map(([name, value]) => `${name}: ${value.replaceAll(/[\r\n\0]/g, '')}\r\n`)
      .join(''),
  };
}

/** The head of a request, its empty line included. `headers` are lines of their own, each ended. */
export function requestHead(site: Site, method: 'GET' | 'POST', query: string, headers: string): string {
  const path = site.pathAndQuery + query;
  const cookie = site.jar?.getCookieStringSync(new URL(path, site.url).href);
  return `${method} ${path} HTTP/1.1\r\n${site.headerLines}${headers}${cookie ? `Cookie: ${cookie}\r\n` : ''}\r\n`;
}

/** Keeps the cookies of an answer, as a browser does. */
export function keepCookies({ jar, path, url }: Site, cookies: readonly string[]): void {
  for (const line of cookies) jar?.setCookieSync(line, new URL(path, url).href, { ignoreError: true });
}
