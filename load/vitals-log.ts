import type { RunClock } from '../bots/clock.ts';
import type { FaultEvent, RunEvent } from '../measure/events.ts';
import { metricKey } from '../measure/keys.ts';
import { OpenWindows } from '../measure/window.ts';
import type { Child, Role } from './child.ts';
import { type ProcessVitals, readProcessVitals } from './process-vitals.ts';
import { PulseReader } from './pulse.ts';
import { LineWriter } from './run-folder.ts';

const SOURCE = 'conductor';
const ANSWER_MS = 900;
const LISTEN_MS = 100;
/** From when on silence is told as an event, while it lasts. */
const STALL_MS = 300;
/** Whose pulse stands for a role: Artillery's users live in its worker threads. */
const pulseOf: Readonly<Record<Role, string>> = {
  server: 'server',
  proxy: 'proxy',
  probes: 'probes',
  crowd: 'crowd-',
  echo: 'echo',
};

/** Unions do not distribute over Omit by themselves. */
type WithoutTime<E> = E extends unknown ? Omit<E, 'at'> : never;

/** What the conductor writes down: the children's vitals once a second, and what happens to the run. */
export class VitalsLog {
  readonly #clock: RunClock;
  readonly #children: ReadonlyMap<Role, Child>;
  readonly #server: URL | undefined;
  readonly #writer: LineWriter;
  readonly #windows = new OpenWindows(SOURCE);
  readonly #last = new Map<number, { at: number; vitals: ProcessVitals }>();
  readonly #pulses: PulseReader;
  readonly #silences = new Map<Role, number>();
  readonly #stalled = new Set<Role>();
  readonly #refused = new Map<string, number>();
  readonly #listening: NodeJS.Timeout;
  #closed = false;

  /** `server` is the embedded server's address, which tells its own vitals; undefined for a foreign target. */
  constructor(folder: string, clock: RunClock, children: ReadonlyMap<Role, Child>, server: URL | undefined) {
    this.#clock = clock;
    this.#children = children;
    this.#server = server;
    this.#writer = new LineWriter(folder, SOURCE);
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
    this.#writer.write([{ at: at / 1000, source: SOURCE, event: told }]);
    return told;
  }

  /** Reads every child's vitals for a second that has just ended, asks the server for its own, and writes what is known. */
  sample(lastMs: number): void {
    for (const [role, child] of this.#children) {
      if (child.how === undefined) this.#sampleProcess(role, child.pid, lastMs);
    }
    for (const [role, silence] of this.#silences) this.#windows.gauge(`loopStall{role=${role}}`, lastMs, silence);
    this.#silences.clear();
    this.#writer.write(this.#windows.flush());
    if (this.#server) void this.#askServer(this.#server, lastMs);
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#listening);
    this.#pulses.close();
    this.#writer.write(this.#windows.flush());
    this.#writer.close();
  }

  /** Listens for signs of life: a blocked event loop is seen from outside, and while it is blocked. */
  #listen(): void {
    for (const [role, child] of this.#children) {
      const silence = child.how === undefined ? this.#pulses.silenceOf(pulseOf[role]) : undefined;
      if (silence === undefined) continue;
      this.#silences.set(role, Math.max(silence, this.#silences.get(role) ?? 0));
      if (silence < STALL_MS) this.#stalled.delete(role);
      else if (!this.#stalled.has(role)) {
        this.#stalled.add(role);
        this.event({ kind: 'stalled', role, forMs: silence });
      }
    }
  }

  #sampleProcess(role: Role, pid: number, lastMs: number): void {
    const vitals = readProcessVitals(pid);
    if (!vitals) return;
    const at = this.#clock();
    const last = this.#last.get(pid);
    this.#last.set(pid, { at, vitals });
    this.#windows.gauge(`rss{role=${role}}`, lastMs, vitals.rssBytes);
    this.#windows.gauge(`fds{role=${role}}`, lastMs, vitals.fds);
    if (!last) return;
    this.#windows.gauge(`cpu{role=${role}}`, lastMs, ((vitals.cpuMs - last.vitals.cpuMs) / (at - last.at)) * 100);
  }

  /** The server counts since its start, and a new one from 0. */
  #countRefusals(vitals: unknown, lastMs: number): void {
    const counts = (vitals as { connectionErrors?: Readonly<Record<string, unknown>> }).connectionErrors ?? {};
    for (const [reason, count] of Object.entries(counts)) {
      if (typeof count !== 'number') continue;
      const before = this.#refused.get(reason) ?? 0;
      this.#refused.set(reason, count);
      const counter = this.#windows.counter(metricKey('server.refused', { reason }));
      this.#windows.add(counter, lastMs, count >= before ? count - before : count);
    }
  }

  async #askServer(server: URL, lastMs: number): Promise<void> {
    try {
      const answer = await fetch(new URL('/vitals', server), { signal: AbortSignal.timeout(ANSWER_MS) });
      const vitals: unknown = await answer.json();
      if (this.#closed || !answer.ok) return;
      for (const [key, value] of gaugesOf(vitals)) this.#windows.gauge(key, lastMs, value);
      this.#countRefusals(vitals, lastMs);
    } catch {
      // A server that is hung or gone has no vitals of its own for this second: its series shows a gap.
    }
  }
}

function gaugesOf(vitals: unknown): [string, number][] {
  const told = vitals as Record<string, unknown>;
  const loop = (told.eventLoopDelay ?? {}) as Record<string, unknown>;
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
