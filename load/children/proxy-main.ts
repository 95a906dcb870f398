/** Main of the proxy: the networks between bots and target, what goes wrong on them, and what goes through them. */

import { hostNow, runClock } from '../../bots/clock.ts';
import { createProxy, type FaultProxy, type FaultSwitch, type ProxyStats } from '../../faults/proxy/fault-proxy.ts';
import { parseFault } from '../../faults/registry.ts';
import type { FaultEvent } from '../../measure/metrics/events.ts';
import { metricKey } from '../../measure/metrics/metric-key.ts';
import type { Source } from '../../measure/metrics/source.ts';
import { OpenWindows } from '../../measure/metrics/window.ts';
import { LineWriter } from '../folder/line-writer.ts';
import { everySecond, lookBackMs } from './every-second.ts';
import { LoopMonitor } from './loop-monitor.ts';
import type { FromProxy, NetworkFault, ProxyOrder, ToProxy } from './messages.ts';

/** How often and how long something of a moment is repeated. */
const EVERY_MS = 1000;
const MOMENT_MS = 50;

const proxies = new Map<string, FaultProxy>();
const active = new Map<string, readonly FaultSwitch[]>();
let log: Log | undefined;
/** Those of faults that are still to come or to go. */
const timers: NodeJS.Timeout[] = [];

// The leash lets go of the channel; waiting for orders must hold the process.
process.channel?.ref();
process.on('message', async (message: ToProxy) => {
  if ('open' in message) tell({ networks: await open(message.open) });
  if ('start' in message) {
    log = new Log(message.start);
    schedule(message.start);
  }
  if ('endFaults' in message) for (const timer of timers) clearTimeout(timer);
  if ('on' in message) switchOn(message.on);
  if ('off' in message) switchOff(message.off);
});
process.once('SIGTERM', async () => {
  for (const switches of active.values()) for (const { off } of switches) off();
  log?.close();
  await Promise.all([...proxies.values()].map((proxy) => proxy.close()));
  process.exit(0);
});
tell({ ready: true });

async function open({ target, seed, networks }: ProxyOrder): Promise<Record<string, string>> {
  for (const name of networks) {
    proxies.set(name, await createProxy({ target, seed: `${seed}/${name}`, now: hostNow, onEvent: () => {} }));
  }
  return Object.fromEntries([...proxies].map(([name, { url }]) => [name, url]));
}

function schedule({ faults, startAt }: LogOrder): void {
  const clock = runClock(startAt);
  for (const fault of faults) {
    timers.push(setTimeout(() => switchOn(fault), fault.onAt - clock()));
    timers.push(setTimeout(() => switchOff(fault), fault.offAt - clock()));
  }
}

/** Switches a fault on; says why not where it cannot be read, as one that a persona misspelled. */
function switchOn({ name, network, faults, times, bots }: NetworkFault): void {
  const proxy = proxies.get(network);
  const key = keyOf(name, bots);
  if (!proxy || active.has(key)) return;
  try {
    for (const fault of faults) parseFault(fault);
  } catch (error) {
    return tell({ refused: { name, bots: bots ?? [], message: (error as Error).message } });
  }
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

function switchOff({ name, bots }: Pick<NetworkFault, 'name' | 'bots'>): void {
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

type LogOrder = Extract<ToProxy, { start: unknown }>['start'];

/** What went through each network, second by second, and when faults began and ended. */
class Log {
  readonly #clock: () => number;
  readonly #writer: LineWriter;
  readonly #windows: OpenWindows;
  readonly #source: Source;
  readonly #loop = new LoopMonitor();
  readonly #last = new Map<string, ProxyStats['transports']>();
  readonly #endFlushing: () => void;

  constructor({ folder, source, startAt }: LogOrder) {
    this.#clock = runClock(startAt);
    this.#source = source;
    this.#windows = new OpenWindows(source);
    this.#writer = new LineWriter(folder, source);
    this.#endFlushing = everySecond(this.#clock, lookBackMs.proxy, (lastMs) => this.#flush(lastMs));
  }

  change(kind: FaultEvent['kind'], fault: string, bots?: readonly number[]): void {
    const at = this.#clock();
    const event: FaultEvent = { kind, at, fault, ...(bots && { bots }) };
    this.#writer.write([{ at: at / 1000, source: this.#source, event }]);
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
    for (const [network, proxy] of proxies) {
      const { transports } = proxy.stats();
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
