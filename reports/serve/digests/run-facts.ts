import { createHash } from 'node:crypto';
import { likenessOf } from '../../../measure/compare/likeness.ts';
import { messageRate } from '../../../measure/run-record/read-metrics.ts';
import type { RunPlan, RunRecord } from '../../../measure/run-record/run-record.ts';
import type { LoadFigures } from '../../wording/load-wording.ts';

/** What is known of a run before it has begun: what it is, and the load it makes. Texts are short, whatever the run holds. */
export interface RunFacts extends LoadFigures {
  readonly id: string;
  readonly scenario: string;
  readonly target: string;
  readonly startedAt: string;
  readonly labels: readonly string[];
  readonly git: { readonly commit: string; readonly branch: string | null; readonly isDirty: boolean } | null;
  /** Of runs with the same, the figures may be compared one by one. */
  readonly likeness: string;
}

const LONGEST = 100;
const MOST_LABELS = 12;
const COMMIT_DIGITS = 7;

type Planned = Omit<RunPlan, 'outages' | 'matrix'> & Partial<Pick<RunRecord, 'metrics'>>;

/** The facts of a run; of one in progress by its plan. */
export function factsOf(run: Planned): RunFacts {
  const { id, scenario, target, startedAt, labels, git, load, phases, metrics = {} } = run;
  return {
    id: short(id),
    scenario: short(scenario.name),
    target: target.kind === 'embedded' ? 'reference chat' : short(target.origin),
    startedAt: short(startedAt),
    labels: labels.slice(0, MOST_LABELS).map(short),
    git: git && {
      commit: git.commit.slice(0, COMMIT_DIGITS),
      branch: git.branch === null ? null : short(git.branch),
      isDirty: git.isDirty,
    },
    users: load.users,
    probes: load.probes,
    rooms: load.rooms,
    messagesPerSecond: messageRate({ target, load, phases, metrics }),
    measuredSeconds: phases.measure,
    likeness: createHash('sha256').update(likenessOf(run)).digest('base64url').slice(0, 16),
  };
}

function short(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
