import type { RunRecord } from '../../../../measure/run-record/run-record.ts';
import type { PageRecord } from '../../../render/page-record.ts';
import { bytes } from '../../../wording/quantities.ts';
import { el } from '../../parts/elements.ts';
import { timeOf } from '../../parts/format.ts';

/** Which run it is: target, start, length, machine, versions, number; and what it was labelled with. */
export function identity(record: PageRecord): HTMLElement {
  const { environment, labels, git } = record;
  const { node, cpus, memoryBytes, versions } = environment;
  const facts = [
    targetName(record),
    startOf(record),
    lengthOf(record),
    `generator: ${cpus} CPUs, ${bytes(memoryBytes)}`,
    ...(['chatstorm', 'socket.io-client'] as const).flatMap((name) =>
      versions[name] === undefined ? [] : [`${name} ${versions[name]}`],
    ),
    `Node ${node.replace(/^v/, '')}`,
    `run ${record.id}`,
  ];
  const tags = [...labels, ...(git ? [gitWords(git)] : [])].map((label) => el('bdi', 'tag', label));
  return el('p', 'identity', ...facts.map((fact) => el('bdi', '', fact)), ...tags);
}

/** The run in a line, for the window's title and the foot of printed pages. */
export function identityLine(record: RunRecord): string {
  return `${record.scenario.name} · ${targetName(record)} · ${startOf(record)} · run ${record.id}`;
}

export function targetName({ target }: Pick<RunRecord, 'target'>): string {
  return target.kind === 'embedded' ? "chatstorm's reference chat" : target.origin;
}

function startOf({ startedAt }: RunRecord): string {
  const start = new Date(startedAt);
  if (Number.isNaN(start.getTime())) return startedAt;
  return start.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** How long it lasted or, while it goes on, is to last. */
function lengthOf({ timeline, phases, isRunning }: PageRecord): string {
  if (isRunning) return `${timeOf(phases.warmup + phases.measure + phases.drain)} planned`;
  return `${timeOf(timeline.seconds)} long`;
}

function gitWords({ commit, branch, isDirty }: NonNullable<RunRecord['git']>): string {
  return `commit ${branch === null ? '' : `${branch} `}${commit}${isDirty ? ' with changes' : ''}`;
}
