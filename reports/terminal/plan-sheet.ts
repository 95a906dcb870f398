import { printableData } from '../../base/printable.ts';
import { parseThreshold } from '../../measure/judge/thresholds.ts';
import type { RunPlan } from '../../measure/run-record/run-record.ts';
import { isSufficient } from '../../measure/statistics/sufficiency.ts';
import { count, ms, plainNumber } from '../wording/quantities.ts';

/** Messages that come at random may be this much fewer than their rate says. */
const RANDOM_MARGIN = 1.15;
/** To start the processes, calibrate, and write the report, s. */
const OVERHEAD_S = 6;

/** The plan of a run in a few lines. */
export function planSheet(given: RunPlan): string {
  const plan = printableData(given);
  const { scenario, target, load, phases, outages } = plan;
  const { users, probes, talkers, ratePerTalker, rooms, peak } = load;
  const host = target.kind === 'embedded' ? 'embedded reference chat' : target.origin;
  const roomWords =
    target.mode === 'asking'
      ? 'requests that an ack answers'
      : target.hasRooms
        ? `${rooms} room${rooms === 1 ? '' : 's'}`
        : 'one room, since the dialect joins none by name';
  const { descriptors, ports } = load.available;
  const lacks = [
    ...(descriptors !== null && peak.sockets > descriptors ? [`only ${count(descriptors)} descriptors a process`] : []),
    ...(ports !== null && peak.sockets > ports ? [`only ${count(ports)} free ports`] : []),
  ];
  return [
    `${scenario.name}: ${scenario.about}`,
    `  target    ${host}, ${target.dialect} dialect, ${roomWords}`,
    ...heartbeatLines(target),
    target.mode === 'listening'
      ? `  probes    ${probes} listeners: only the server speaks`
      : `  probes    ${talkers} talkers at ${plainNumber(ratePerTalker)}/s and ${probes - talkers} listeners`,
    `  crowd     ${users === 0 ? 'none' : `${count(users)} users`}`,
    `  schedule  ${phases.warmup} s warm-up, ${phases.measure} s measured, at most ${phases.drain} s drain: about ${phases.warmup + phases.measure + phases.drain + OVERHEAD_S} s in all`,
    ...(outages.length > 0
      ? [`  faults    ${outages.map(({ fault, from }) => `${fault} at ${from} s`).join(', ')}`]
      : []),
    `  peak      ${count(peak.sockets)} sockets, ${plainNumber(peak.messagesPerSecond)} messages/s, ${count(peak.deliveriesPerSecond)} deliveries/s, ${count(peak.descriptors)} descriptors`,
    ...silentLines(plan),
    ...insufficientLines(plan),
    ...(lacks.length > 0 ? [`  warning   this machine has ${lacks.join(' and ')}: the run will be invalid`] : []),
  ].join('\n');
}

/** How soon the target notices a silent link, and the longest that it takes at once. */
function heartbeatLines({ handshake }: RunPlan['target']): string[] {
  if (!handshake) return [];
  const { pingIntervalMs, pingTimeoutMs, maxPayloadBytes, upgrades } = handshake;
  const payload = maxPayloadBytes === null ? '' : `; at most ${count(maxPayloadBytes / 1000)} kB at once`;
  const upgrade = upgrades.length > 0 ? '' : '; no upgrade from polling offered';
  return [
    `  heartbeat a silent link is noticed after at most ${ms(pingIntervalMs + pingTimeoutMs)}${payload}${upgrade}`,
  ];
}

/** The faults that the target cannot notice in time, and how long the run would take if they lasted long enough. */
function silentLines({ target, outages, phases }: RunPlan): string[] {
  if (!target.handshake) return [];
  const { pingIntervalMs, pingTimeoutMs } = target.handshake;
  const needed = Math.ceil((pingIntervalMs + pingTimeoutMs) / 1000) + 2;
  const short = outages.filter(({ cuts, from, until }) => cuts === 'silently' && until - from < needed);
  if (short.length === 0) return [];
  const stretched = short.reduce(
    (sum, { from, until }) => sum + needed - (until - from),
    phases.warmup + phases.measure,
  );
  const names = short.map(({ fault, from, until }) => `${fault} (${until - from} s)`).join(', ');
  return [
    `  warning   not tested: ${names} is too short for the heartbeat; --fit-heartbeat stretches the run to ${stretched} s`,
  ];
}

/** The percentiles of all messages that will have too few behind them. */
function insufficientLines({ scenario, load }: RunPlan): string[] {
  const perSecond = load.talkers * load.ratePerTalker;
  const texts = scenario.thresholds.filter((text) => {
    const percent = /^(?:broadcast\.\w+|ack\.latency)\.p(\d\d)(9?)\b/.exec(parseThreshold(text).text);
    return percent !== null && !isSufficient(Number(`${percent[1]}.${percent[2] || 0}`), load.offered);
  });
  if (texts.length === 0 || perSecond === 0) return [];
  const wanted = texts.some((text) => text.includes('.p999'))
    ? 6000
    : texts.some((text) => text.includes('.p99'))
      ? 600
      : 120;
  return [
    `  warning   too few messages for ${texts.map((text) => `\`${text}\``).join(', ')}: ${count(load.offered)} of about ${count(wanted)}; --duration ${Math.ceil((wanted * RANDOM_MARGIN) / perSecond)}s has enough`,
  ];
}
