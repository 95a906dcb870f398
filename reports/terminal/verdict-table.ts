import { printableData } from '../../base/printable.ts';
import { numberOf } from '../../measure/run-record/read-metrics.ts';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { count } from '../wording/quantities.ts';
import { breachSentence, verdictWord } from '../wording/verdict-wording.ts';
import type { Paint, Terminal } from './terminal.ts';
import { table } from './text-table.ts';

/** The verdicts of several runs, one below the other. */
export function verdictTable(records: readonly RunRecord[], terminal: Terminal): string {
  const rows = records
    .map(printableData)
    .map((record) => [verdictBadge(record, terminal.paint), nameOf(record), ...figures(record), why(record)]);
  return table(['verdict', 'scenario', 'delivered', 'lost', 'missed', 'why'], rows, terminal, 'left');
}

/** The verdict's mark and word in its colour, and in other styles besides. */
export function verdictBadge(record: RunRecord, paint: Paint, ...styles: 'bold'[]): string {
  const word = verdictWord(record);
  const colour = word === 'passed' ? 'green' : word === 'failed' ? 'red' : 'yellow';
  return paint([colour, ...styles], `${{ passed: '✓', failed: '✗' }[word as 'passed'] ?? '!'} ${word}`);
}

/** The scenario, and what it was run with where that may differ. */
function nameOf({ scenario }: RunRecord): string {
  const { stateRecovery } = (scenario.server ?? {}) as { stateRecovery?: boolean };
  return `${scenario.name}${stateRecovery === undefined ? '' : `, recovery ${stateRecovery ? 'on' : 'off'}`}`;
}

function figures(record: RunRecord): string[] {
  const of = (name: string) => numberOf(record, `delivery.${name}`);
  return [
    `${count(of('delivered') + of('recovered'))} of ${count(of('expected'))}`,
    count(of('lost')),
    count(of('missed')),
  ];
}

/** The first reason not to be content. */
function why({ verdict }: RunRecord): string {
  const [breach] = verdict.breaches;
  if (breach) return breachSentence(breach);
  return verdict.thresholds.flatMap(({ outcome, text }) => (outcome === 'pass' ? [] : [text])).join('; ');
}
