import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import type { Balancing } from '../../../base/adapters.ts';
import { quietPort } from '../../../base/quiet-port.ts';
import { hostNow } from '../../../bots/clock.ts';
import { writeWhole } from '../../folder/run-folder.ts';
import type { Child } from '../child.ts';
import { type Processes, StartError } from '../processes.ts';
import { findProgram } from './programs.ts';

const ANSWER_MS = 2000;
const POLL_MS = 50;
const READY_MS = 15_000;

interface NamedNode {
  readonly name: string;
  readonly url: URL;
}

/** A real HAProxy before the nodes. Its configuration stands in the run's folder. */
export class Haproxy {
  readonly #processes: Processes;
  readonly #folder: string;
  readonly #socket: string;
  readonly #config: string;
  readonly #ended: WeakSet<Child>;
  #port = 0;
  #child: Child | undefined;

  /** `data` is where its socket for orders is. */
  constructor(processes: Processes, folder: string, data: string, ended: WeakSet<Child>) {
    this.#processes = processes;
    this.#folder = folder;
    this.#ended = ended;
    this.#socket = join(data, 'haproxy.sock');
    this.#config = join(folder, 'haproxy.cfg');
  }

  /** Starts it before nodes; its address. Rejects with a StartError. */
  async start(nodes: readonly NamedNode[], how: Balancing, listen?: { host: string; port: number }): Promise<URL> {
    const { host, port } = listen ?? { host: '127.0.0.1', port: await quietPort() };
    const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    this.#port = port;
    writeWhole(this.#folder, 'haproxy.cfg', configOf(address, this.#socket, nodes, how));
    await this.#launch([]);
    for (const { name } of nodes) await this.untilUp(name);
    return new URL(`http://${address}`);
  }

  /** Has a new process take over what comes; the old one stays for the connections that it has. */
  async reload(): Promise<void> {
    const old = this.#child!;
    this.#ended.add(old);
    await this.#launch(['-x', this.#socket, '-sf', String(old.pid)]);
  }

  /** Sends no new clients to a node, or sends them again. */
  async setState(node: string, state: 'drain' | 'ready'): Promise<void> {
    await this.#ask(`set server nodes/${node} state ${state}`);
  }

  /** The node with the most connections. */
  async fullest(): Promise<string | undefined> {
    const rows = await this.#servers();
    return rows.toSorted((a, b) => Number(b.scur) - Number(a.scur))[0]?.svname;
  }

  /** Resolves when clients are sent to a node. Rejects with a StartError where they never are. */
  async untilUp(node: string): Promise<void> {
    for (const end = hostNow() + READY_MS; hostNow() < end; await pause(POLL_MS)) {
      const row = (await this.#servers()).find(({ svname }) => svname === node);
      if (row?.status === 'UP') return;
    }
    throw new StartError(this.#child!, { kind: 'timedOut', afterMs: READY_MS });
  }

  /** What HAProxy tells of each node. */
  async #servers(): Promise<Record<string, string>[]> {
    const stats = await this.#ask('show stat');
    const rows = parse(stats.replace(/^# /, ''), { columns: true, relax_column_count: true, skip_empty_lines: true });
    const all = rows as Record<string, string>[];
    return all.filter(({ pxname, svname }) => pxname === 'nodes' && svname !== 'BACKEND');
  }

  async #launch(takingOver: readonly string[]): Promise<void> {
    const main = ['-f', this.#config, '-db', ...takingOver];
    const spec = {
      role: 'balancer',
      main,
      program: findProgram('haproxy').file,
      env: {},
      folder: this.#folder,
    } as const;
    const child = await this.#processes.startListening(spec, this.#port);
    this.#child = child;
    // The port is taken by the old process until the new one has it.
    for (const end = hostNow() + READY_MS; !(await this.#isServedBy(child)); await pause(POLL_MS))
      if (child.end || hostNow() > end)
        throw new StartError(child, child.end ?? { kind: 'timedOut', afterMs: READY_MS });
  }

  async #isServedBy({ pid }: Child): Promise<boolean> {
    return (await this.#ask('show info')).split('\n').includes(`Pid: ${pid}`);
  }

  /** An order to HAProxy, and its answer; empty where it gave none. */
  #ask(order: string): Promise<string> {
    return new Promise((resolve) => {
      let answer = '';
      const socket = connect(this.#socket, () => socket.write(`${order}\n`));
      socket.setTimeout(ANSWER_MS, () => socket.destroy());
      socket.setEncoding('utf8').on('data', (text: string) => {
        answer += text;
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(answer));
    });
  }
}

/** A health check every 500 ms, failing twice: a node that closes or hangs gets no new clients after a second or three. */
function configOf(address: string, socket: string, nodes: readonly NamedNode[], how: Balancing): string {
  const isSticky = how === 'haproxy-cookie';
  const servers = nodes.map(
    ({ name, url }) => `  server ${name} ${url.host} check${isSticky ? ` cookie ${name}` : ''}`,
  );
  return `# The balancer of a run of chatstorm.
global
  stats socket ${socket} mode 600 level admin expose-fd listeners

defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
  timeout check 1s
  option redispatch
  retries 2

frontend chat
  bind ${address}
  default_backend nodes

backend nodes
  balance ${isSticky ? 'leastconn' : 'roundrobin'}
${isSticky ? '  cookie CHATSTORM_NODE insert indirect nocache\n' : ''}  option httpchk
  http-check send meth GET uri /health ver HTTP/1.1 hdr Host 127.0.0.1
  default-server inter 500ms fall 2 rise 2
${servers.join('\n')}
`;
}
