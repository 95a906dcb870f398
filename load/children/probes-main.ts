/** Main of the probes: bots in a process of their own, which writes what it saw to the run's folder each second. */

import { runClock } from '../../bots/clock.ts';
import type { LinkFaultControl } from '../../bots/persona.ts';
import { Probes } from '../../bots/probes.ts';
import { connectorOf } from '../../bots/socketio/socketio-connection.ts';
import type { FaultEvent } from '../../measure/metrics/events.ts';
import { metricKey } from '../../measure/metrics/metric-key.ts';
import { Recorder } from '../../measure/record/recorder.ts';
import { LineWriter } from '../folder/line-writer.ts';
import { PersonaThreads } from '../personas/persona-threads.ts';
import { partsOf, runMarkOf } from '../plan/shard-part.ts';
import { calibrate } from './calibration.ts';
import { everySecond, lookBackMs } from './every-second.ts';
import { LoopMonitor } from './loop-monitor.ts';
import type { FaultRefusal, FromProbes, ProbesOrder, ToProbes } from './messages.ts';
import { spokenDialect } from './speech.ts';

/** How long a persona waits for a fault that it asked for. */
const BEGIN_MS = 5000;

const personas = new PersonaThreads();

// The leash lets go of the channel; waiting for the order must hold the process.
process.channel?.ref();
process.on('message', async (message: ToProbes) => {
  if ('prepare' in message) {
    const { url, calibration } = message.prepare;
    await personas.start(message.prepare.personas);
    tell({ floor: await calibrate(url, calibration) });
  }
  if ('start' in message) await run(message.start);
});
tell({ ready: true });

async function run(order: ProbesOrder): Promise<void> {
  const {
    folder,
    source,
    startAt,
    endpoints,
    speech,
    rooms,
    roomLabels,
    botLabels,
    measured,
    plan,
    firstUser,
    shards,
  } = order;
  const dialect = await spokenDialect(speech);
  const connectionTo = await connectorOf(dialect, endpoints[0]!.url, speech.secrets);
  const clock = runClock(startAt);
  const mark = runMarkOf(order.runId, source.shard);
  const others = partsOf(shards).map(({ number }) => runMarkOf(order.runId, number));
  const { echo } = dialect;
  const bots = plan.bots.length;
  const shape = { bots, rooms: rooms.length, echo, roomLabels, botLabels, roomNames: rooms, measured };
  const recorder = new Recorder(source, { run: mark, others }, shape);
  const context = { endpoints, dialect, rooms, recorder, clock, run: mark, connectionTo, firstUser };
  const support = {
    offline: personas.offline,
    live: personas.live.bind(personas),
    linkFaults,
  };
  const probes = new Probes(context, plan, support);
  const writer = new LineWriter(folder, source);
  const loop = new LoopMonitor();
  let flushedAt = clock();
  const flush = (lastMs: number) => {
    const at = clock();
    const { utilization, delayMs } = loop.read();
    const idle = probes.takeIdleMs() / Math.max(1, at - flushedAt);
    flushedAt = at;
    recorder.gauge('loopUtilization{role=probes}', lastMs, Math.max(0, utilization - idle));
    recorder.gauge('loopDelay{role=probes}', lastMs, delayMs);
    for (const transport of ['polling', 'websocket']) {
      const open = probes.connections().get(transport) ?? 0;
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
    probes.close();
    personas.close();
  };
  process.on('message', (message: ToProbes) => {
    if ('fault' in message) {
      recorder.observeFault(message.fault);
      begun(message.fault);
    }
    if ('faultRefused' in message) refused(message.faultRefused);
    if ('stop' in message) probes.stop();
  });
  process.once('SIGTERM', () => {
    finish();
    process.exit(0);
  });
  await probes.run();
  finish();
  tell({ done: true });
  process.disconnect?.();
}

/** By fault and bot: the persona that waits to hear that its fault has begun. */
const waiting = new Map<string, { begun(): void; refused(error: Error): void }>();

function begun({ kind, fault, bots = [] }: FaultEvent): void {
  if (kind === 'faultOn') for (const bot of bots) waiting.get(`${fault} ${bot}`)?.begun();
}

function refused({ name, bots, message }: FaultRefusal): void {
  for (const bot of bots) waiting.get(`${name} ${bot}`)?.refused(new Error(message));
}

/** Faults of personas go by the conductor to the proxy. */
const linkFaults: LinkFaultControl = {
  on: (bot, fault, link) => {
    tell({ linkFault: { bot, fault, link } });
    return new Promise((resolve, reject) => {
      waiting.set(`${fault} ${bot}`, { begun: resolve, refused: reject });
      const late = () => reject(new Error(`The fault did not begin within ${BEGIN_MS / 1000} s.`));
      setTimeout(late, BEGIN_MS).unref();
    });
  },
  off: (bot, fault) => tell({ linkFault: { bot, fault, link: null } }),
};

function tell(message: FromProbes): void {
  process.send?.(message);
}
