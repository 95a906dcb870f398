import type { RunRecord } from '../measure/run-record.ts';
import { breachSentence, count, verdictWord } from './sentences.ts';
import { type Paint, table } from './text-table.ts';

/** The verdicts of several runs, one below the other. */
export function verdictTable(records: readonly RunRecord[], paint: Paint): string {
  const rows = records.map((record) => [badge(record, paint), nameOf(record), ...figures(record), why(record)]);
  return table(['verdict', 'scenario', 'delivered', 'lost', 'missed', 'why'], rows, paint, 'left');
}

function badge(record: RunRecord, paint: Paint): string {
  const word = verdictWord(record);
  const style = word === 'passed' ? 'green' : word === 'failed' ? 'red' : 'yellow';
  return paint(style, `${{ passed: '✓', failed: '✗' }[word as 'passed'] ?? '!'} ${word}`);
}

/** The scenario, and what it was run with where that may differ. */
function nameOf({ scenario }: RunRecord): string {
  const { stateRecovery } = (scenario.server ?? {}) as { stateRecovery?: boolean };
  return `${scenario.name}${stateRecovery === undefined ? '' : `, recovery ${stateRecovery ? 'on' : 'off'}`}`;
}

function figures({ metrics }: RunRecord): string[] {
  const of = (name: string) => {
    const metric = metrics[`delivery.${name}`];
    return metric && 'value' in metric ? metric.value : 0;
  };
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
