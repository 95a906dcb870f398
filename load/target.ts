import { isIP } from 'node:net';

/** A target that may not be loaded, or an address that is none. */
export class TargetRefusedError extends Error {
  readonly code = 'TARGET_REFUSED';
}

/**
 * Checks an address before any socket is opened or name looked up: a target must be this machine (loopback), or its
 * host be named as one's own. Returns the address; throws a TargetRefusedError.
 */
export function checkTarget(address: string, own: string | undefined): URL {
  const url = parse(address);
  if (url.pathname !== '/') {
    throw new TargetRefusedError(
      `Expected --target to be an address without a path, got ${url.pathname}. A namespace or a path of Socket.IO goes into the dialect.`,
    );
  }
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (isLoopback(host) || own?.toLowerCase() === host) return url;
  const remedy = `If it is yours to load, say so: --i-own ${host}`;
  throw new TargetRefusedError(`Expected the target to be this machine, got the host ${host}. ${remedy}`);
}

function parse(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url;
  throw new TargetRefusedError(
    `Expected --target to be an address such as http://127.0.0.1:3000, got ${address.replace(/\/\/[^@/]*@/, '//')}`,
  );
}

function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === '::1' || host === 'localhost' || host.endsWith('.localhost');
}
