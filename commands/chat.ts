import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Adapter, type Balancing, usesRedis } from '../base/adapters.ts';
import { UsageError } from '../base/errors.ts';
import { isLoopbackHost } from '../base/hosts.ts';
import { Processes, StartError } from '../load/conduct/processes.ts';
import { findProgram } from '../load/conduct/target/programs.ts';
import { ReferenceCluster } from '../load/conduct/target/reference-cluster.ts';
import { say, sayError } from './terminal-output.ts';

interface ChatFlags {
  readonly port: number;
  readonly host: string;
  readonly nodes: number;
  readonly redis?: string;
  readonly adapter: Adapter;
  readonly balancer: Balancing;
}

/** Opens the reference chat; its own main reads the environment. */
export async function chat(flags: ChatFlags): Promise<void> {
  const { port, host, nodes } = flags;
  if (nodes > 1) return chatOnNodes(flags);
  process.env.PORT = String(port);
  process.env.HOST = host;
  await import('../server/main.ts');
}

/** Opens it on several nodes, until it is told to end. A node that ends meanwhile is told of, and the others chat on. */
async function chatOnNodes({ port, host, nodes, redis, adapter, balancer }: ChatFlags): Promise<void> {
  if (!isLoopbackHost(host))
    throw new UsageError(
      'COMMAND_LINE',
      `--nodes opens the chat on this machine only: leave --host ${host} out.`,
      '--host',
    );
  findProgram('haproxy');
  if (usesRedis(adapter) && redis === undefined) findProgram('redis-server');
  const folder = mkdtempSync(join(tmpdir(), 'chatstorm-chat-'));
  const processes = new Processes(() => {});
  // Behind the balancer everybody has its address.
  const options = { maxConnectionsPerAddress: 0, addressMessagesPerSecond: 0, addressBytesPerSecond: 0 };
  const spec = { nodes, adapter, balancer, redis, busName: 'chatstorm', options, silencesRedis: false, folder };
  const cluster = new ReferenceCluster(processes, { ...spec, listen: { host, port } }, () => {});
  const { promise: told, resolve: end } = Promise.withResolvers<void>();
  process.on('SIGINT', () => end()).on('SIGTERM', () => end());
  try {
    const url = await cluster.start();
    const words = cluster.nodes.map(({ name, child }) => `${name} (pid ${child?.pid})`);
    say(`chatstorm's chat is open at ${url.origin}, on ${words.join(', ')}.`);
    let isOver = false;
    for (const { name, child } of cluster.nodes)
      void child?.ended.then(() => isOver || say(`${name} has ended; the others chat on.`));
    await told;
    isOver = true;
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    const said = error.child.lastLines();
    sayError(`Cannot open the chat: the ${error.child.role} did not start. ${said.join(' ')}`.trim());
    process.exitCode = 2;
  } finally {
    await processes.close();
    await cluster.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
