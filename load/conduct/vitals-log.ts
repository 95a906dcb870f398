import { readFileSync } from 'node:fs';
import type { RunClock } from '../../bots/clock.ts';
import type { FaultEvent, RunEvent } from '../../measure/metrics/events.ts';
import { metricKey } from '../../measure/metrics/metric-key.ts';
import { type Source, sourceOf } from '../../measure/metrics/source.ts';
import { OpenWindows } from '../../measure/metrics/window.ts';
import { LineWriter } from '../folder/line-writer.ts';
import { PulseReader } from '../folder/pulse.ts';
import { type Child, childName, type Role } from './child.ts';
import { type ProcessVitals, readProcessVitals } from './process-vitals.ts';
import type { Processes } from './processes.ts';

const ANSWER_MS = 900;
const LISTEN_MS = 100;
/** From when on silence is told as an event, while it lasts. */
const STALL_MS = 300;
/** Unions do not distribute over Omit by themselves. */
type WithoutTime<E> = E extends unknown ? Omit<E, 'at'> : never;

/** The server whose vitals are taken: by asking its nodes, and from outside by its process, of which it may have told. */
export interface WatchedServer {
  readonly vitals?: readonly WatchedNode[];
  readonly pid?: number | string | null;
}

interface WatchedNode {
  readonly url: URL;
  readonly token?: string;
  /** Its process by now, where that is ours. */
  readonly pid?: () => number | undefined;
}

/** What the conductor writes down: the children's vitals once a second, and what happens to the run. */
export class VitalsLog {
  readonly #clock: RunClock;
  readonly #processes: Processes;
  readonly #server: WatchedServer;
  readonly #writer: LineWriter;
  readonly #source: Source;
  readonly #windows: OpenWindows;
  readonly #last = new Map<number, { at: number; vitals: ProcessVitals }>();
  /** By process: what it used in the last second. */
  readonly #used = new Map<number, { readonly cpu: number; readonly rss: number }>();
  readonly #pulses: PulseReader;
  readonly #silences = new Map<Role, number>();
  readonly #stalled = new Set<Child>();
  readonly #nodes: readonly Node[];
  readonly #listening: NodeJS.Timeout;
  #closed = false;

  constructor(folder: string, clock: RunClock, processes: Processes, server: WatchedServer, shard = 0) {
    this.#source = sourceOf('conductor', 0, shard);
    this.#windows = new OpenWindows(this.#source);
    this.#clock = clock;
    this.#processes = processes;
    this.#server = server;
    this.#writer = new LineWriter(folder, this.#source);
    this.#nodes = (server.vitals ?? []).map(({ url, token, pid }, number) => {
      const source = sourceOf('server', number);
      return {
        url,
        token,
        pid,
        windows: new OpenWindows(source),
        writer: new LineWriter(folder, source),
        refused: new Map(),
        asked: Promise.resolve(),
      };
    });
    this.#pulses = new PulseReader(folder);
    this.#listening = setInterval(() => this.#listen(), LISTEN_MS);
  }

  /** ms since the run's start. */
  at(): number {
    return this.#clock();
  }

  /** Puts down what happened. */
  event<E extends RunEvent | FaultEvent>(event: WithoutTime<E>): E {
    const at = this.#clock();
    const told = { ...event, at } as unknown as E;
    this.#writer.write([{ at: at / 1000, source: this.#source, event: told }]);
    return told;
  }

  /** Reads every child's vitals for a second that has just ended, asks the server for its own, and writes what is known. */
  sample(lastMs: number): void {
    this.#sampleProcesses(lastMs);
    for (const [role, silence] of this.#silences) this.#windows.gauge(`loopStall{role=${role}}`, lastMs, silence);
    this.#silences.clear();
    this.#writer.write(this.#windows.flush());
    for (const node of this.#nodes) {
      this.#sampleNode(node, lastMs);
      node.writer.write(node.windows.flush());
      node.asked = this.#ask(node).then((vitals) => {
        for (const [key, value] of gaugesOf(vitals)) node.windows.gauge(key, lastMs, value);
        countRefusals(node, vitals, lastMs);
      });
    }
  }

  /** Asks the server once more, for what it has counted since it last answered. */
  async askLast(): Promise<void> {
    const lastMs = Math.max(0, Math.floor(this.#clock() / 1000) * 1000 - 1);
    const last = async (node: Node) => {
      await node.asked;
      countRefusals(node, await this.#ask(node), lastMs);
    };
    await Promise.all(this.#nodes.map(last));
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#listening);
    this.#pulses.close();
    this.#writer.write(this.#windows.flush());
    this.#writer.close();
    for (const { windows, writer } of this.#nodes) {
      writer.write(windows.flush());
      writer.close();
    }
  }

  /** Listens for signs of life: a blocked event loop is seen from outside, and while it is blocked. */
  #listen(): void {
    for (const child of this.#processes.all) {
      const { role } = child;
      const silence = child.end === undefined ? this.#pulses.silenceOf(pulseOf(child)) : undefined;
      if (silence === undefined) continue;
      this.#silences.set(role, Math.max(silence, this.#silences.get(role) ?? 0));
      if (silence < STALL_MS) this.#stalled.delete(child);
      else if (!this.#stalled.has(child)) {
        this.#stalled.add(child);
        this.event({ kind: 'stalled', role, forMs: silence });
      }
    }
  }

  /** What the children of each role use together. */
  #sampleProcesses(lastMs: number): void {
    const at = this.#clock();
    const sums = new Map<string, number>();
    this.#used.clear();
    const add = (key: string, value: number) => sums.set(key, (sums.get(key) ?? 0) + value);
    const foreign = pidOf(this.#server.pid);
    const server = foreign === undefined ? [] : [{ role: 'server' as const, pid: foreign, end: undefined }];
    for (const { role, pid, end } of [...this.#processes.all, ...server]) {
      const vitals = end === undefined ? readProcessVitals(pid) : undefined;
      if (!vitals) continue;
      const last = this.#last.get(pid);
      this.#last.set(pid, { at, vitals });
      add(`rss{role=${role}}`, vitals.rssBytes);
      add(`fds{role=${role}}`, vitals.fds);
      if (!last) continue;
      const cpu = Math.max(0, ((vitals.cpuMs - last.vitals.cpuMs) / (at - last.at)) * 100);
      add(`cpu{role=${role}}`, cpu);
      this.#used.set(pid, { cpu, rss: vitals.rssBytes });
    }
    for (const [key, value] of sums) this.#windows.gauge(key, lastMs, value);
  }

  /** What one node of several uses: together they are the role's. */
  #sampleNode({ pid, windows }: Node, lastMs: number): void {
    const id = this.#nodes.length > 1 ? pid?.() : undefined;
    const used = id === undefined ? undefined : this.#used.get(id);
    if (used) windows.gauge('server.cpu', lastMs, used.cpu);
    if (used) windows.gauge('server.rss', lastMs, used.rss);
  }

  /** What a node tells of itself; nothing where it is hung or gone: its series shows a gap. */
  async #ask({ url, token }: Node): Promise<Told> {
    try {
      const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
      const answer = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_MS) });
      const vitals: unknown = await answer.json();
      return this.#closed || !answer.ok ? {} : Object(vitals);
    } catch {
      return {};
    }
  }
}

/** What a server tells of itself, unchecked. */
type Told = Readonly<Record<string, unknown>>;

/** A node of the server that tells its own vitals. */
interface Node {
  readonly url: URL;
  readonly token: string | undefined;
  readonly pid: (() => number | undefined) | undefined;
  readonly windows: OpenWindows;
  readonly writer: LineWriter;
  /** By reason: how often it has refused so far. */
  readonly refused: Map<string, number>;
  /** Settles when what was last asked has been answered, or was not in time. */
  asked: Promise<void>;
}

/** A node counts since its start, and a new one from 0. */
function countRefusals({ windows, refused }: Node, vitals: Told, lastMs: number): void {
  const counts = (vitals.connectionErrors ?? {}) as Told;
  for (const [reason, count] of Object.entries(counts)) {
    if (typeof count !== 'number') continue;
    const before = refused.get(reason) ?? 0;
    refused.set(reason, count);
    const counter = windows.counter(metricKey('server.refused', { reason }));
    windows.add(counter, lastMs, count >= before ? count - before : count);
  }
}

/** A process id, or what a file says it is: it may be another after a restart. */
function pidOf(pid: number | string | null | undefined): number | undefined {
  if (typeof pid === 'number') return pid;
  if (typeof pid !== 'string') return undefined;
  try {
    const read = Number(readFileSync(pid, 'utf8').trim());
    return Number.isInteger(read) && read > 0 ? read : undefined;
  } catch {
    return undefined;
  }
}

/** Whose signs of life stand for a child: Artillery's users live in its worker threads. */
function pulseOf(child: Child): string {
  return child.role === 'crowd' ? `${childName(child)}-` : childName(child);
}

function gaugesOf(told: Told): [string, number][] {
  const loop = (told.eventLoopDelay ?? {}) as Told;
  const gauges: [string, unknown][] = [
    ['server.heap', told.heapUsedBytes],
    ['server.gcPause', told.gcPauseMs],
    ['server.clients', told.clients],
    ['server.bufferedBytes', told.bufferedBytes],
    ['server.evicted', told.evicted],
    ['loopDelay{role=server}', loop.maxMs],
  ];
  return gauges.filter((gauge): gauge is [string, number] => typeof gauge[1] === 'number');
}
