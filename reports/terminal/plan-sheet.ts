import { printableData } from '../../base/printable.ts';
import { secondsLeft } from '../../measure/capacity/expected-time.ts';
import { searchPlanOf } from '../../measure/fold/capacity-fold.ts';
import type { RunPlan } from '../../measure/run-record/run-record.ts';
import { engineWords } from '../wording/load-wording.ts';
import { clusterWords } from '../wording/node-wording.ts';
import { count, counted, listed, ms, percent, plainNumber } from '../wording/quantities.ts';
import { axesOf } from '../wording/recovery-wording.ts';
import { plannedShortages } from '../wording/sample-wording.ts';
import { scaleWords } from '../wording/scale-words.ts';
import { splitWords } from '../wording/shard-wording.ts';
import type { Terminal } from './terminal.ts';
import { table } from './text-table.ts';
import { wrap } from './wrap.ts';

/** To start the processes, calibrate, and write the report, s. */
const OVERHEAD_S = 5;
/** What is looked at beside clients that vanish, where there are several nodes, s. */
const AUDIT_OF_NODES_S = 45;
/** To measure what the load generator can do, s. */
const CEILING_S = 20;

/** The plan of a run: what it is about, then a line for each part of it, the warnings last. */
export function planSheet(given: RunPlan, terminal: Terminal): string {
  const plan = printableData(given);
  const { scenario, target, load, outages } = plan;
  const { peak } = load;
  const rows: readonly (readonly [label: string, text: string])[] = [
    ['target', targetWords(plan)],
    ...limitsOf(target).map((text) => ['limits', text] as const),
    ['probes', probesWords(plan)],
    ['crowd', crowdWords(plan)],
    ...worded('nodes', clusterWords(plan)),
    ...worded('shards', splitWords(plan)),
    ['schedule', plan.search ? searchSchedule(plan, plan.search) : schedule(plan)],
    ...worded('search', plan.search ? searchWords(plan.search) : undefined),
    ...(outages.length > 0
      ? [['faults', outages.map(({ fault, from }) => `${fault} at ${from} s`).join(', ')] as const]
      : []),
    ...worded('absences', plan.absences ? absenceWords(plan.absences) : undefined),
    [
      plan.search ? 'at most' : 'peak',
      `${count(peak.sockets)} sockets, ${plainNumber(peak.messagesPerSecond)} messages/s, ${count(peak.deliveriesPerSecond)} deliveries/s, ${count(peak.descriptors)} descriptors`,
    ],
  ];
  const takes = worded('takes', plan.search ? undefined : scaleWords(plan));
  const warnings = [...silentFaults(plan), ...plannedShortages(plan), ...missingHeadroom(plan)];
  return [
    wrap(`${scenario.name}: ${scenario.about}`, terminal.width),
    table(
      [],
      [
        ...[...rows, ...takes].map(([label, text]) => [labelled(label), text]),
        ...warnings.map((text) => [terminal.paint('yellow', labelled('warning')), text]),
      ],
      terminal,
    ),
  ].join('\n');
}

function schedule({ phases: { warmup, measure, drain }, absences, target }: RunPlan): string {
  const least = absences && target.cluster ? AUDIT_OF_NODES_S : 0;
  const all = Math.max(warmup + measure + drain, least) + OVERHEAD_S;
  return `${warmup} s warm-up, ${measure} s measured, at most ${drain} s drain: about ${all} s in all`;
}

/** A search takes as long as it takes. */
function searchSchedule(
  { phases: { warmup, measure, drain } }: RunPlan,
  search: NonNullable<RunPlan['search']>,
): string {
  const expected = secondsLeft(searchPlanOf(search), search.window, []);
  const around = warmup + drain + OVERHEAD_S + CEILING_S;
  return `about ${count(Math.min(measure, expected) + around)} s, at most ${count(measure + around)} s`;
}

function searchWords({ from, most, window, precision, good, confidence, slo }: NonNullable<RunPlan['search']>): string {
  const sure = `until ${percent(confidence)} sure that ${percent(good)} of ${window}-second windows hold ${slo.join(', ')}`;
  return `from ${count(from)} to at most ${count(most)}, ${sure}; levels up to ${plainNumber(precision)} times apart`;
}

/** In which ways clients lose their link, and for how long. */
function absenceWords({ cells, keptForMs }: NonNullable<RunPlan['absences']>): string {
  const { ways, aways } = axesOf(cells);
  const times = aways.map((awayMs) => awayMs / 1000);
  const clients = cells.reduce((sum, { bots: [, count] }) => sum + count, 0);
  const kept = keptForMs === null ? '' : `; a session is kept for ${keptForMs / 1000} s`;
  return `${counted(clients, 'client')} lose their link by ${listed(ways)}, and are away for ${times.join(', ')} s${kept}`;
}

/** One line more behind the sheet. */
export function sheetLine(label: string, text: string, terminal: Terminal): string {
  return table([], [[labelled(label), text]], terminal);
}

/** A row, where there is something to say. */
function worded(label: string, text: string | undefined): (readonly [string, string])[] {
  return text === undefined ? [] : [[label, text]];
}

const LABEL = 'schedule'.length;

function labelled(label: string): string {
  return label.padEnd(LABEL);
}

function targetWords({ target, load: { rooms } }: RunPlan): string {
  const host = target.kind === 'embedded' ? 'embedded reference chat' : target.origin;
  const roomWords = target.hasRooms
    ? `${rooms} room${rooms === 1 ? '' : 's'}`
    : 'one room, since the dialect joins none by name';
  return `${host}, ${target.dialect} dialect, ${target.mode === 'asking' ? 'requests that an ack answers' : roomWords}`;
}

function crowdWords({ load: { users, engine }, search }: RunPlan): string {
  if (users === 0) return 'none';
  return [
    search && search.find !== 'rate' ? 'as many users as it takes' : counted(users, 'user'),
    ...(engine ? engineWords(engine) : []),
  ].join(', ');
}

function probesWords({ target, load: { probes, talkers, ratePerTalker } }: RunPlan): string {
  if (target.mode === 'listening') return `${probes} listeners: only the server speaks`;
  const rate = plainNumber(talkers * ratePerTalker);
  return `${talkers} talkers at ${plainNumber(ratePerTalker)}/s (${rate} messages/s) and ${probes - talkers} listeners`;
}

function missingHeadroom({ load: { available, peak } }: RunPlan): string[] {
  const { descriptors, ports } = available;
  const lacks = [
    ...(descriptors !== null && peak.sockets > descriptors ? [`only ${count(descriptors)} descriptors a process`] : []),
    ...(ports !== null && peak.sockets > ports ? [`only ${count(ports)} free ports`] : []),
  ];
  return lacks.length > 0 ? [`this machine has ${lacks.join(' and ')}: the run will be invalid`] : [];
}

/** How soon the target notices a silent link, and the longest that it takes at once. */
function limitsOf({ handshake }: RunPlan['target']): string[] {
  if (!handshake) return [];
  const { pingIntervalMs, pingTimeoutMs, maxPayloadBytes, upgrades } = handshake;
  const payload = maxPayloadBytes === null ? '' : `; at most ${count(maxPayloadBytes / 1000)} kB at once`;
  const upgrade = upgrades.length > 0 ? '' : '; no upgrade from polling offered';
  return [`a silent link is noticed after at most ${ms(pingIntervalMs + pingTimeoutMs)}${payload}${upgrade}`];
}

/** The faults that the target cannot notice in time, and how long the run would take if they lasted long enough. */
function silentFaults({ target, outages, phases }: RunPlan): string[] {
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
  return [`not tested: ${names} is too short for the heartbeat; --fit-heartbeat stretches the run to ${stretched} s`];
}
