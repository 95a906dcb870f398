/** Main of the proxy: the doors between bots and target, what goes wrong at them, and what goes through them. */

import { hostNow, runClock } from '../bots/clock.ts';
import { createProxy, type FaultProxy, type FaultSwitch, type ProxyStats } from '../faults/proxy.ts';
import type { FaultEvent } from '../measure/events.ts';
import { metricKey } from '../measure/keys.ts';
import { OpenWindows } from '../measure/window.ts';
import { everySecond, lookBackMs } from './every-second.ts';
import { LoopMonitor } from './loop-monitor.ts';
import type { DoorFault, FromProxy, ProxyOrder, ToProxy } from './messages.ts';
import { LineWriter } from './run-folder.ts';

const SOURCE = 'proxy';
/** How often and how long something of a moment is repeated. */
const EVERY_MS = 1000;
const MOMENT_MS = 50;

const doors = new Map<string, FaultProxy>();
const active = new Map<string, readonly FaultSwitch[]>();
let log: Log | undefined;

// The leash lets go of the channel; waiting for orders must hold the process.
process.channel?.ref();
process.on('message', async (message: ToProxy) => {
  if ('open' in message) tell({ doors: await open(message.open) });
  if ('start' in message) log = new Log(message.start.folder, message.start.startAt);
  if ('on' in message) switchOn(message.on);
  if ('off' in message) switchOff(message.off);
});
process.once('SIGTERM', async () => {
  for (const switches of active.values()) for (const { off } of switches) off();
  log?.close();
  await Promise.all([...doors.values()].map((door) => door.close()));
  process.exit(0);
});
tell({ ready: true });

async function open({ target, seed, doors: names }: ProxyOrder): Promise<Record<string, string>> {
  for (const name of names) {
    doors.set(name, await createProxy({ target, seed: `${seed}/${name}`, now: hostNow, onEvent: () => {} }));
  }
  return Object.fromEntries([...doors].map(([name, { url }]) => [name, url]));
}

function switchOn({ name, door, faults, times, bots }: DoorFault): void {
  const proxy = doors.get(door);
  const key = keyOf(name, bots);
  if (!proxy || active.has(key)) return;
  const set = () => faults.map((fault) => proxy.set(fault));
  log?.change('faultOn', name, bots);
  if (times === 1) return void active.set(key, set());
  active.set(key, []);
  for (let i = 0; i < times; i++) {
    setTimeout(() => {
      if (!active.has(key)) return;
      const switches = set();
      setTimeout(() => switches.forEach(({ off }) => off()), MOMENT_MS);
    }, i * EVERY_MS);
  }
}

function switchOff({ name, bots }: Pick<DoorFault, 'name' | 'bots'>): void {
  const key = keyOf(name, bots);
  const switches = active.get(key);
  if (!switches) return;
  active.delete(key);
  for (const { off } of switches) off();
  log?.change('faultOff', name, bots);
}

/** What happens to one bot is told from what happens to another. */
function keyOf(name: string, bots: readonly number[] = []): string {
  return [name, ...bots].join(' ');
}

function tell(message: FromProxy): void {
  process.send?.(message);
}

/** What went through each door, second by second, and when faults began and ended. */
class Log {
  readonly #clock: () => number;
  readonly #writer: LineWriter;
  readonly #windows = new OpenWindows(SOURCE);
  readonly #loop = new LoopMonitor();
  readonly #last = new Map<string, ProxyStats['transports']>();
  readonly #endFlushing: () => void;

  constructor(folder: string, startAt: number) {
    this.#clock = runClock(startAt);
    this.#writer = new LineWriter(folder, SOURCE);
    this.#endFlushing = everySecond(this.#clock, lookBackMs.proxy, (lastMs) => this.#flush(lastMs));
  }

  change(kind: FaultEvent['kind'], fault: string, bots?: readonly number[]): void {
    const at = this.#clock();
    const event: FaultEvent = { kind, at, fault, ...(bots && { bots }) };
    this.#writer.write([{ at: at / 1000, source: SOURCE, event }]);
    tell({ change: event });
  }

  close(): void {
    this.#endFlushing();
    this.#flush(this.#clock());
    this.#writer.close();
  }

  #flush(lastMs: number): void {
    const { utilization, delayMs } = this.#loop.read();
    this.#windows.gauge('loopUtilization{role=proxy}', lastMs, utilization);
    this.#windows.gauge('loopDelay{role=proxy}', lastMs, delayMs);
    for (const [network, door] of doors) {
      const { transports } = door.stats();
      const last = this.#last.get(network);
      for (const transport of ['polling', 'websocket'] as const) {
        const { up, down } = transports[transport];
        this.#count('bytes.in', { network, transport }, lastMs, up - (last?.[transport].up ?? 0));
        this.#count('bytes.out', { network, transport }, lastMs, down - (last?.[transport].down ?? 0));
      }
      this.#last.set(network, transports);
    }
    this.#writer.write(this.#windows.flush());
  }

  /** A connection that turns into a WebSocket takes its first bytes along: a second of polling may come out below zero. */
  #count(name: string, labels: { network: string; transport: string }, atMs: number, bytes: number): void {
    this.#windows.add(this.#windows.counter(metricKey(name, labels)), atMs, bytes);
  }
}
