import { UsageError } from '../../base/errors.ts';
import { bareHost, isLoopbackHost } from '../../base/hosts.ts';

/**
 * Checks an address before any socket is opened or name looked up: a target must be this machine (loopback), or its
 * host be named as one's own. Returns the address; throws a UsageError.
 */
export function checkTarget(address: string, own: string | undefined): URL {
  const url = parse(address);
  if (url.pathname !== '/') {
    const message = `Expected --target to be an address without a path, got ${url.pathname}. Set \`namespace\` or \`path\` in the dialect instead.`;
    throw new UsageError('TARGET_REFUSED', message, url.origin);
  }
  const host = bareHost(url.hostname).toLowerCase();
  if (isLoopbackHost(host) || own?.toLowerCase() === host) return url;
  const message = `Expected the target to be this machine, got the host ${host}. If you own it and may load it, add --i-own ${host}.`;
  throw new UsageError('TARGET_REFUSED', message, url.origin);
}

function parse(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  const shown = address.replace(/\/\/[^@/]*@/, '//');
  const message = `Expected --target to be an address such as http://127.0.0.1:3000, got ${shown}`;
  throw new UsageError('TARGET_REFUSED', message, '--target');
}
