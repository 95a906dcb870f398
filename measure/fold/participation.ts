import type { Participation } from '../judge/substance.ts';
import type { Event } from '../metrics/events.ts';
import type { RunPlan } from '../run-record/run-record.ts';
import { clientsOf } from './client-outages.ts';
import type { Sums } from './metric-sums.ts';

/**
 * Who took part in a run that is over. Where nothing goes wrong on purpose, that is who was in the room at the end; with
 * faults or absences, who had been in it before the first. A matrix has its own account of who connects.
 */
export function participationOf(plan: RunPlan, events: readonly Event[], sums: Sums): Participation[] {
  const crowd = crowdOf(plan, sums);
  const all = plan.matrix ? [crowd] : [probesOf(plan, events), crowd];
  return all.filter(({ role }) => role === 'probes' || isCounted(plan));
}

/** Whether the number of users is known beforehand: not where Artillery ramps them up, or holds them back, or it is searched for. */
function isCounted({ scenario, search }: RunPlan): boolean {
  if (search) return false;
  const phases = Array.isArray(scenario.phases) ? (scenario.phases as object[]) : [];
  return !phases.some((phase) => 'rampTo' in phase || 'maxVusers' in phase);
}

function crowdOf(plan: RunPlan, sums: Sums): Participation {
  const isDisturbed = plan.outages.length > 0 || plan.absences !== null;
  const tookPart = sums.get(isDisturbed ? 'users.joined' : 'users.present');
  return { role: 'crowd', asked: plan.load.users, tookPart, absent: sums.byReason('users.absent') };
}

function probesOf(plan: RunPlan, events: readonly Event[]): Participation {
  const { warmup, measure } = plan.phases;
  const [first] = plan.absences?.cells ?? plan.outages;
  const untilMs = (first?.from ?? warmup + measure) * 1000;
  const clients = clientsOf(events);
  const absent = new Map<string, number>();
  let tookPart = 0;
  for (let bot = 0; bot < plan.load.probes; bot++) {
    const reason = absenceOf(clients.get(bot) ?? [], untilMs);
    if (reason === undefined) tookPart++;
    else absent.set(reason, (absent.get(reason) ?? 0) + 1);
  }
  return { role: 'probes', asked: plan.load.probes, tookPart, absent };
}

/** Why a probe is not in its room at a time; undefined if it is. */
function absenceOf(history: readonly Extract<Event, { bot: number }>[], untilMs: number): string | undefined {
  let reason: string | undefined = 'connect: no answer';
  for (const event of history) {
    if (event.at >= untilMs) break;
    if (event.kind === 'joined') reason = undefined;
    else if (event.kind === 'connected') reason = 'join: no answer';
    else if (event.kind === 'disconnected') reason = `disconnected: ${event.reason}`;
    else if (event.kind === 'joinFailed') reason = event.reason;
    else if (event.kind === 'connectFailed') reason = `connect: ${event.reason}`;
  }
  return reason;
}
