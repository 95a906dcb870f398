import { once } from 'node:events';
import { createServer } from 'node:net';
import { UsageError } from './errors.ts';

/** Below the ports that systems give to outgoing connections, which could take one before its program does. */
const PORTS = { from: 10_000, to: 30_000 };
const TRIES = 50;

/** A port of 127.0.0.1 on which nothing listens, for a program that has to be told one. Throws a UsageError where there is none. */
export async function quietPort(): Promise<number> {
  for (let i = 0; i < TRIES; i++) {
    const port = PORTS.from + Math.floor(Math.random() * (PORTS.to - PORTS.from));
    if (await isFree(port)) return port;
  }
  throw new UsageError('COMMAND_LINE', `Found no free port between ${PORTS.from} and ${PORTS.to}.`, '--nodes');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
