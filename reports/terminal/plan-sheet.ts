import type { RunPlan } from '../../measure/run-record/run-record.ts';
import { count, plainNumber } from '../wording/quantities.ts';

/** The plan of a run in a few lines. */
export function planSheet({ scenario, target, load, phases, outages }: RunPlan): string {
  const { users, probes, talkers, ratePerTalker, rooms, peak } = load;
  const host = target.kind === 'embedded' ? 'embedded reference chat' : target.origin;
  const roomWords = target.hasRooms
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
    `  probes    ${talkers} talkers at ${plainNumber(ratePerTalker)}/s and ${probes - talkers} listeners`,
    `  crowd     ${users === 0 ? 'none' : `${count(users)} users`}`,
    `  schedule  ${phases.warmup} s warm-up, ${phases.measure} s measured, at most ${phases.drain} s drain`,
    ...(outages.length > 0
      ? [`  faults    ${outages.map(({ fault, from }) => `${fault} at ${from} s`).join(', ')}`]
      : []),
    `  peak      ${count(peak.sockets)} sockets, ${plainNumber(peak.messagesPerSecond)} messages/s, ${count(peak.deliveriesPerSecond)} deliveries/s, ${count(peak.descriptors)} descriptors`,
    ...(lacks.length > 0 ? [`  warning   this machine has ${lacks.join(' and ')}: the run will be invalid`] : []),
  ].join('\n');
}
