import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

const ROUNDS = 20_000;
const WARMUP = 2_000;
const MESSAGE = Buffer.alloc(130, 'x');

/**
 * Round trips of a small message, direct and through an untouched connection of the proxy, in turn; ms. Client, echo and
 * proxy have an event loop each.
 */
export async function measureProxy() {
  const echo = await start({});
  const proxy = await start({ targetPort: echo.port });
  const links = { direct: await open(echo.port), proxied: await open(proxy.port) };
  const times = { direct: new Float64Array(ROUNDS), proxied: new Float64Array(ROUNDS) };
  for (let i = -WARMUP; i < ROUNDS; i++) {
    for (const way of ['direct', 'proxied'] as const) {
      const ms = await roundTrip(links[way]);
      if (i >= 0) times[way][i] = ms;
    }
  }
  for (const link of Object.values(links)) link.destroy();
  await Promise.all([proxy.worker.terminate(), echo.worker.terminate()]);
  const [direct, proxied] = [percentiles(times.direct), percentiles(times.proxied)];
  return { rounds: ROUNDS, direct, proxied, addedP50: proxied.p50 - direct.p50 };
}

async function start(workerData: { readonly targetPort?: number }) {
  const worker = new Worker(new URL('./proxy-worker.ts', import.meta.url), { workerData });
  const [port] = (await once(worker, 'message')) as [number];
  return { worker, port };
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  return socket;
}

function roundTrip(socket: Socket): Promise<number> {
  return new Promise((resolve) => {
    const sentAt = performance.now();
    let left = MESSAGE.length;
    const take = (data: Buffer) => {
      left -= data.length;
      if (left > 0) return;
      socket.off('data', take);
      resolve(performance.now() - sentAt);
    };
    socket.on('data', take);
    socket.write(MESSAGE);
  });
}

function percentiles(times: Float64Array) {
  const sorted = times.toSorted();
  return { p50: sorted[Math.floor(sorted.length * 0.5)]!, p99: sorted[Math.floor(sorted.length * 0.99)]! };
}
