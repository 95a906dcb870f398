import { connect } from 'node:net';
import { bareHost } from './hosts.ts';

const CONNECT_MS = 1000;

/** Whether something takes connections at an address. */
export function accepts({ hostname, port, protocol }: URL): Promise<boolean> {
  const host = bareHost(hostname);
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port || (protocol === 'https:' ? 443 : 80)), timeout: CONNECT_MS });
    const settle = (isUp: boolean) => {
      socket.destroy();
      resolve(isUp);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}
