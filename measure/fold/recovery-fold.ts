import type { Event } from '../metrics/events.ts';
import { type Labels, metricKey, rollUps } from '../metrics/metric-key.ts';
import type { Metrics, RunPlan, RunRecord } from '../run-record/run-record.ts';
import { median } from '../statistics/median.ts';
import { proportionInterval } from '../statistics/proportion.ts';
import { type ClientOutage, clientOutageOf, clientsOf } from './client-outages.ts';
import type { Sums } from './metric-sums.ts';

export type Recovery = NonNullable<RunRecord['recovery']>;
export type RecoveryCell = Recovery['cells'][number];

/** What became of the clients that vanished and came back; null where none did. */
export function recoveryOf(plan: RunPlan, events: readonly Event[], sums: Sums): Recovery | null {
  const { absences } = plan;
  if (!absences) return null;
  const clients = clientsOf(events);
  const faultOnAt = new Map(
    events.flatMap((event) => (event.kind === 'faultOn' ? [[event.fault, event.at] as const] : [])),
  );
  const toAt = absences.to * 1000;
  return {
    cells: absences.cells.flatMap(({ way, awayMs, fault, bots: [first, count] }): RecoveryCell[] => {
      const onAt = faultOnAt.get(fault);
      if (onAt === undefined) return [];
      const all = Array.from({ length: count }, (_, i) => clients.get(first + i) ?? []);
      const were = all
        .map((history) => clientOutageOf(history, { fault, onAt, offAt: onAt, toAt }))
        .filter(({ wasUp }) => wasUp);
      const [kept, lost] = [were.filter(isKept), were.filter((one) => !isKept(one))];
      const back = lost.filter(({ isUp }) => isUp);
      const recovered = back.filter((one) => one.gaps.length > 0 && one.recovered === one.gaps.length);
      return [
        {
          way,
          awayMs,
          clients: were.length,
          kept: kept.length,
          recovered: recovered.length,
          fresh: back.length - recovered.length,
          absent: lost.length - back.length,
          wereAwayMs: median(back.flatMap(({ backAt }) => (backAt === undefined ? [] : [backAt - onAt]))) ?? null,
          deliveries: plan.target.hasRooms ? deliveriesOf(sums, labelsOf({ way, awayMs })) : null,
        },
      ];
    }),
    audit: events.flatMap((event) => (event.kind === 'audited' ? [event.row] : [])),
  };
}

/** The labels of a cell's metrics. */
export function labelsOf({ way, awayMs }: { readonly way: string; readonly awayMs: number }): Labels {
  return { fault: way, away: `${awayMs / 1000}s` };
}

/** Of how many clients the session went on: by cell, by way, by time away, and altogether. */
function totalsOf(recovery: Recovery | null): Map<string, { clients: number; went: number }> {
  const totals = new Map<string, { clients: number; went: number }>();
  for (const cell of recovery?.cells ?? []) {
    for (const key of rollUps(metricKey('recovery.share', labelsOf(cell)))) {
      const total = totals.get(key) ?? { clients: 0, went: 0 };
      totals.set(key, total);
      total.clients += cell.clients;
      total.went += cell.kept + cell.recovered;
    }
  }
  return totals;
}

/** The share of those whose session went on. */
export function recoveryMetrics(recovery: Recovery | null): Metrics {
  return Object.fromEntries(
    [...totalsOf(recovery)].flatMap(([key, { clients, went }]) =>
      clients === 0 ? [] : [[key, { unit: 'ratio', value: went / clients } as const]],
    ),
  );
}

/** How sure these shares are, of those that are compared: altogether, and by way. */
export function recoveryIntervals(recovery: Recovery | null, seed: string): RunRecord['intervals'] {
  return Object.fromEntries(
    [...totalsOf(recovery)].flatMap(([key, { clients, went }]) =>
      key.includes('away=') ? [] : [[key, proportionInterval(went, clients, seed)]],
    ),
  );
}

/** The absences that were planned and not made, and those that touched nobody: nothing about them was tested. */
export function untestedAbsences(
  { absences }: RunPlan,
  recovery: Recovery | null,
): { unmade: string[]; untested: string[] } {
  const of = ({ way, awayMs }: { way: string; awayMs: number }) =>
    recovery?.cells.find((cell) => cell.way === way && cell.awayMs === awayMs);
  const planned = absences?.cells ?? [];
  return {
    unmade: planned.filter((cell) => !of(cell)).map(({ fault }) => fault),
    untested: planned.filter((cell) => of(cell)?.clients === 0).map(({ fault }) => fault),
  };
}

function isKept({ noticedAt, isUp }: ClientOutage): boolean {
  return noticedAt === undefined && isUp;
}

function deliveriesOf(sums: Sums, labels: Labels): RecoveryCell['deliveries'] {
  const of = (name: string) => sums.get(metricKey(`delivery.${name}`, labels));
  return {
    recovered: of('recovered'),
    missed: of('missed'),
    duplicate: of('duplicate'),
    reordered: of('reordered'),
  };
}
