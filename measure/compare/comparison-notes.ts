import type { RunRecord } from '../run-record/run-record.ts';

type Breach = RunRecord['verdict']['breaches'][number];

export type SideName = 'base' | 'next';

/** What to know before believing a comparison. */
export type ComparisonNote =
  | { readonly kind: 'noRuns'; readonly side: SideName }
  | { readonly kind: 'invalid'; readonly side: SideName; readonly id: string; readonly breaches: readonly Breach[] }
  | { readonly kind: 'partial'; readonly side: SideName; readonly id: string }
  | { readonly kind: 'repeated'; readonly id: string }
  | { readonly kind: 'differs'; readonly what: Setting; readonly base: readonly Told[]; readonly next: readonly Told[] }
  | { readonly kind: 'notInterleaved'; readonly first: SideName };

type Told = string | number;

/** What should be the same on both sides, unless it is what is compared. */
const settings = {
  scenario: ({ scenario }) => scenario.name,
  dialect: ({ target }) => target.dialect,
  users: ({ load }) => load.users,
  probes: ({ load }) => load.probes,
  talkers: ({ load }) => load.talkers,
  rooms: ({ load }) => load.rooms,
  ratePerTalker: ({ load }) => load.ratePerTalker,
  arrivals: ({ load }) => load.arrivals,
  // A search is over when it has its answer.
  measuredSeconds: ({ phases, search }) => (search ? 'as long as it takes' : phases.measure),
  nodes: ({ target }) => target.cluster?.nodes ?? 1,
  adapter: ({ target }) => target.cluster?.adapter ?? 'memory',
  // Of a target that is not ours it is not known.
  server: ({ target, environment }) => (target.kind === 'embedded' ? versionIn(environment, 'socket.io') : ''),
  client: ({ environment }) => versionIn(environment, 'socket.io-client'),
  node: ({ environment }) => environment.node,
  os: ({ environment }) => environment.os,
  cpus: ({ environment }) => environment.cpus,
} as const satisfies Readonly<Record<string, (record: RunRecord) => Told>>;

function versionIn({ versions }: RunRecord['environment'], name: string): string {
  return versions[name] ?? '';
}

export type Setting = keyof typeof settings;

/** What stands in the way of comparing these runs. */
export function notesOf(base: readonly RunRecord[], next: readonly RunRecord[]): ComparisonNote[] {
  const sides = [
    ['base', base],
    ['next', next],
  ] as const;
  const perSide = sides.flatMap(([side, runs]): ComparisonNote[] => [
    ...(runs.length === 0 ? [{ kind: 'noRuns', side } as const] : []),
    ...runs.flatMap(({ id, verdict: { breaches }, state }): ComparisonNote[] => {
      if (breaches.length > 0) return [{ kind: 'invalid', side, id, breaches }];
      return state === 'partial' ? [{ kind: 'partial', side, id }] : [];
    }),
  ]);
  const ids = [...base, ...next].map(({ id }) => id);
  const repeated = [...new Set(ids.filter((id, i) => ids.indexOf(id) !== i))];
  return [
    ...perSide,
    ...repeated.map((id) => ({ kind: 'repeated', id }) as const),
    ...differences(base, next),
    ...turns(base, next),
  ];
}

function differences(base: readonly RunRecord[], next: readonly RunRecord[]): ComparisonNote[] {
  return (Object.keys(settings) as Setting[]).flatMap((what) => {
    const told = (runs: readonly RunRecord[]) => [...new Set(runs.map((run): Told => settings[what](run)))];
    const all = new Set([...told(base), ...told(next)]);
    return all.size > 1 ? [{ kind: 'differs', what, base: told(base), next: told(next) } as const] : [];
  });
}

/** Runs of a side in a row measure the drift of the machine, too. `startedAt` is ISO 8601 in UTC: it sorts as text. */
function turns(base: readonly RunRecord[], next: readonly RunRecord[]): ComparisonNote[] {
  if (base.length === 0 || next.length === 0 || base.length + next.length === 2) return [];
  const [before, after] = [base, next].map((runs) => runs.map(({ startedAt }) => startedAt).sort());
  if (before!.at(-1)! < after![0]!) return [{ kind: 'notInterleaved', first: 'base' }];
  return after!.at(-1)! < before![0]! ? [{ kind: 'notInterleaved', first: 'next' }] : [];
}
