import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { io, type Socket } from 'socket.io-client';

const CLIENTS = 500;
const SECONDS = 10;

/** CPU of a server that does nothing but keep its clients, plain and instrumented, at the same time; ms per second. */
export async function measureInstrument() {
  const servers = await Promise.all([start(false), start(true)]);
  const clients: Socket[] = [];
  for (const { url } of servers) for (let i = 0; i < CLIENTS; i++) clients.push(await connect(url));
  const [plainMs, instrumentedMs] = await Promise.all(servers.map((server) => server.cpuMs()));
  for (const client of clients) client.disconnect();
  for (const server of servers) server.close();
  return { clients: CLIENTS, plainMs: plainMs!, instrumentedMs: instrumentedMs! };
}

async function start(isInstrumented: boolean) {
  const main = fileURLToPath(new URL('instrumented-server.ts', import.meta.url));
  const server = fork(main, [isInstrumented ? 'instrumented' : 'plain']);
  const [url] = (await once(server, 'message')) as [string];
  const cpuMs = async () => {
    server.send(SECONDS);
    const [ms] = (await once(server, 'message')) as [number];
    return ms / SECONDS;
  };
  return { url, cpuMs, close: () => server.kill() };
}

async function connect(url: string): Promise<Socket> {
  const socket = io(url, { transports: ['websocket'], forceNew: true });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return socket;
}
