/** Whether a host (as URL gives it, IPv6 with or without brackets) can only be this machine. */
export function isLoopbackHost(host: string): boolean {
  const name = bareHost(host).toLowerCase();
  return name === '::1' || name === 'localhost' || name.endsWith('.localhost') || /^127(\.\d{1,3}){3}$/.test(name);
}

/**
 * Whether a request may come in by its Host header: by a name that only this machine has, or by the one that was listened
 * on. A foreign name that was rebound to this address could otherwise read what is here. An address cannot be rebound:
 * the very one that the connection arrived at (`localAddress`) is ours where we were told to listen on more than one.
 */
export function isOurHost(header: string | undefined, listening: string, localAddress: string | undefined): boolean {
  if (header === undefined || !/^[\w.:[\]-]+$/.test(header)) return false;
  const name = URL.parse(`http://${header}`)?.hostname;
  if (name === undefined) return false;
  return isLoopbackHost(name) || name === inUrl(listening) || name === inUrl(localAddress?.replace(/^::ffff:/, ''));
}

/** A host of a URL as sockets take it: an IPv6 address without its brackets. */
export function bareHost(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

/** An address as it stands in a URL. */
export function inUrl(address: string | undefined): string | undefined {
  return address?.includes(':') ? `[${address}]` : address?.toLowerCase();
}
