/** Main of the probes: the troupe in a process of its own, which writes what it saw to the run's folder each second. */

import { runClock } from '../bots/clock.ts';
import type { Network } from '../bots/persona.ts';
import { Troupe } from '../bots/troupe.ts';
import { type FaultEvent, PROBES } from '../measure/events.ts';
import { metricKey } from '../measure/keys.ts';
import { Recorder } from '../measure/recorder.ts';
import { hash } from '../measure/token.ts';
import { calibrate } from './calibration.ts';
import { everySecond, lookBackMs } from './every-second.ts';
import { LoopMonitor } from './loop-monitor.ts';
import type { FromProbes, ProbesOrder, ToProbes } from './messages.ts';
import { loadPersonas } from './personas.ts';
import { LineWriter } from './run-folder.ts';

/** How long a persona waits at most for what it does to its link. */
const BEGIN_MS = 2000;

// The leash lets go of the channel; waiting for the order must hold the process.
process.channel?.ref();
process.on('message', async (message: ToProbes) => {
  if ('calibrate' in message) {
    const { url, plan } = message.calibrate;
    tell({ floor: await calibrate(url, plan) });
  }
  if ('start' in message) await perform(message.start);
});
tell({ ready: true });

async function perform(order: ProbesOrder): Promise<void> {
  const { folder, runId, startAt, doors, dialect, rooms, roomLabels, botLabels, plan } = order;
  const personas = await loadPersonas(order.personas);
  const clock = runClock(startAt);
  const run = hash(runId);
  const shape = { bots: plan.parts.length, rooms: rooms.length, echo: dialect.echo, roomLabels, botLabels };
  const recorder = new Recorder(PROBES, { run }, shape);
  const troupe = new Troupe({ doors, dialect, rooms, recorder, clock, run }, plan, { personas, network });
  const writer = new LineWriter(folder, PROBES);
  const loop = new LoopMonitor();
  let flushedAt = clock();
  const flush = (lastMs: number) => {
    const at = clock();
    const { utilization, delayMs } = loop.read();
    const idle = troupe.takeIdleMs() / Math.max(1, at - flushedAt);
    flushedAt = at;
    recorder.gauge('loopUtilization{role=probes}', lastMs, Math.max(0, utilization - idle));
    recorder.gauge('loopDelay{role=probes}', lastMs, delayMs);
    for (const transport of ['polling', 'websocket']) {
      const open = troupe.connections().get(transport) ?? 0;
      recorder.gauge(metricKey('connections.open', { transport }), lastMs, open);
    }
    writer.write(recorder.flush());
  };
  const endFlushing = everySecond(clock, lookBackMs.probes, flush);
  const finish = () => {
    endFlushing();
    recorder.close(clock());
    flush(clock());
    writer.close();
    troupe.close();
  };
  process.on('message', (message: ToProbes) => {
    if ('fault' in message) {
      recorder.struck(message.fault);
      begun(message.fault);
    }
    if ('stop' in message) troupe.stop();
  });
  process.once('SIGTERM', () => {
    finish();
    process.exit(0);
  });
  await troupe.perform();
  finish();
  tell({ done: true });
  process.disconnect?.();
}

/** By fault and bot: who waits to hear that it has begun. */
const waiting = new Map<string, () => void>();

function begun({ kind, fault, bots = [] }: FaultEvent): void {
  if (kind === 'faultOn') for (const bot of bots) waiting.get(`${fault} ${bot}`)?.();
}

/** What personas do to their links goes by the conductor to the proxy. */
const network: Network = {
  on: (bot, fault, link) => {
    tell({ network: { bot, fault, link } });
    return new Promise((resolve) => {
      waiting.set(`${fault} ${bot}`, resolve);
      setTimeout(resolve, BEGIN_MS).unref();
    });
  },
  off: (bot, fault) => tell({ network: { bot, fault, link: null } }),
};

function tell(message: FromProbes): void {
  process.send?.(message);
}
