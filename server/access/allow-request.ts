import type { IncomingMessage } from 'node:http';
import type { ChatOptions } from '../chat-options.ts';
import type { Refusal } from '../refusals.ts';

/**
 * Whether a request may come in, or why not. CORS keeps nobody off the WebSocket transport, hence this check of our own.
 * An absent Origin is a program and may in; a browser's must be the page's own or on the list. The Host must be one we
 * answer to, or a foreign name that was rebound to this address could read what is here.
 */
export function refusalAtTheDoor(request: IncomingMessage, options: ChatOptions): Refusal | undefined {
  const host = hostOf(request);
  if (host === undefined || !isOurs(host, request, options)) return 'host';
  return isWelcome(request, host, options) ? undefined : 'origin';
}

/** Whether a host name (as URL gives it, IPv6 in brackets) can only be this machine. */
export function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name);
}

/** Whether the other end of the TCP connection is this machine. */
export function isLoopbackAddress(address: string | undefined): boolean {
  if (address === undefined) return false;
  return address === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(address);
}

function isOurs(host: URL, request: IncomingMessage, options: ChatOptions): boolean {
  if (isLoopbackName(host.hostname)) return true;
  if (host.hostname === inUrl(options.host)) return true;
  // An address cannot be rebound as a name can: the very address the connection arrived at is ours.
  if (host.hostname === inUrl(request.socket.localAddress?.replace(/^::ffff:/, ''))) return true;
  return options.origins.some((origin) => new URL(origin).hostname === host.hostname);
}

function isWelcome(request: IncomingMessage, host: URL, options: ChatOptions): boolean {
  const { origin } = request.headers;
  // A browser sends no Origin with a cross-site <img> or <script>, but says so in Sec-Fetch-Site.
  if (origin === undefined) return request.headers['sec-fetch-site'] !== 'cross-site';
  if (options.origins.includes(origin)) return true;
  const from = URL.parse(origin);
  return from !== null && /^https?:$/.test(from.protocol) && sameHost(from, host);
}

function sameHost(from: URL, host: URL): boolean {
  return from.hostname === host.hostname && (from.port || defaultPort(from)) === (host.port || defaultPort(from));
}

function defaultPort(url: URL): string {
  return url.protocol === 'https:' ? '443' : '80';
}

/** The Host, which must be one: of two, Node and a proxy before it may take different ones. */
function hostOf({ headers, rawHeaders }: IncomingMessage): URL | undefined {
  const hosts = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host');
  return hosts.length === 1 ? parseHost(headers.host) : undefined;
}

function parseHost(header: string | undefined): URL | undefined {
  if (header === undefined || !/^[\w.:[\]-]+$/.test(header)) return undefined;
  return URL.parse(`http://${header}`) ?? undefined;
}

function inUrl(address: string | undefined): string | undefined {
  return address?.includes(':') ? `[${address}]` : address?.toLowerCase();
}
