/** Main of a worker: an echo, or a proxy before one, on an event loop of its own as in a run. It tells its port. */

import { type AddressInfo, createServer } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { createProxy } from '../faults/proxy/fault-proxy.ts';

const { targetPort } = workerData as { readonly targetPort?: number };

if (targetPort === undefined) {
  const echo = createServer({ noDelay: true }, (socket) => socket.pipe(socket));
  echo.listen(0, '127.0.0.1', () => parentPort?.postMessage((echo.address() as AddressInfo).port));
} else {
  const target = { host: '127.0.0.1', port: targetPort };
  const proxy = await createProxy({ target, seed: 'bench', now: () => performance.now(), onEvent: () => {} });
  parentPort?.postMessage(proxy.port);
}
