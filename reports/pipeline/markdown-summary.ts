import { printable, printableData } from '../../base/printable.ts';
import type { Comparison } from '../../measure/compare/compare-runs.ts';
import { numberOf } from '../../measure/run-record/read-metrics.ts';
import type { Distribution, RunRecord } from '../../measure/run-record/run-record.ts';
import { basisSentence, comparisonCells, comparisonHead, noteSentence } from '../wording/comparison-wording.ts';
import { headline } from '../wording/headline.ts';
import { count, statistic } from '../wording/quantities.ts';
import { shellCommand } from '../wording/shell-command.ts';
import { breachSentence, thresholdValue, verdictWord } from '../wording/verdict-wording.ts';

/** A comparison, and the scenario whose runs it compares. */
export interface ScenarioComparison {
  readonly scenario: string;
  readonly comparison: Comparison;
}

/** GitHub takes so much of a job's summary. */
const LARGEST_BYTES = 1 << 20;
const MOST_FINDINGS = 20;
const MOST_ROWS = 1000;
const LONGEST_CELL = 2000;

const marks = { passed: '✅', failed: '❌', invalid: '⚠️', unknown: '⚠️', interrupted: '⚠️' } as const;
const severities = { critical: '🔴', warning: '🟡', info: '🔵' } as const;

/** Runs as Markdown: verdicts, figures, what follows from them, and how they compare with a baseline; `problem` is why there are no more of them. At most 1 MiB. */
export function markdownSummary(
  records: readonly RunRecord[],
  comparisons: readonly ScenarioComparison[] = [],
  problem?: string,
): string {
  return bounded(blocksOf(records, comparisons, problem));
}

/** One after the other, since not all of them may find room. */
function* blocksOf(
  records: readonly RunRecord[],
  comparisons: readonly ScenarioComparison[],
  problem: string | undefined,
): Generator<string> {
  yield '## chatstorm';
  if (problem !== undefined) yield `> ${plain(printable(problem))}`;
  else if (records.length === 0) yield 'No run was measured.';
  yield overview(records.slice(0, MOST_ROWS));
  for (const comparison of comparisons) yield comparisonBlock(printableData(comparison));
  for (const record of records) yield details(printableData(record));
}

function overview(records: readonly RunRecord[]): string {
  const rows = records.map((record) => {
    const of = (name: string) => numberOf(record, `delivery.${name}`);
    const word = verdictWord(record);
    return [
      `${marks[word]} ${word}`,
      printable(record.scenario.name),
      `${count(of('delivered') + of('recovered'))} of ${count(of('expected'))}`,
      count(of('lost')),
      ...latencyCells(record.metrics['broadcast.latency'], ['p50', 'p99', 'max']),
    ];
  });
  return table(['verdict', 'scenario', 'delivered', 'lost', 'p50', 'p99', 'slowest'], rows);
}

function details(record: RunRecord): string {
  const { scenario, verdict, findings, notes, target } = record;
  const failed = verdict.thresholds.filter(({ outcome }) => outcome !== 'pass');
  const passed = verdict.thresholds.length - failed.length;
  return [
    `### ${cell(scenario.name)}: ${verdictWord(record)}`,
    plain(headline(record)),
    ...verdict.breaches.map((breach) => `> ${plain(breachSentence(breach))}`),
    table(
      ['threshold', 'got'],
      failed.map((result) => [result.text, thresholdValue(result)]),
    ),
    verdict.thresholds.length > 0 ? `${passed} of ${verdict.thresholds.length} thresholds passed.` : '',
    findings
      .slice(0, MOST_FINDINGS)
      .map(
        ({ severity, evidence, remedy }) =>
          `- ${severities[severity]} ${plain(evidence)}${remedy === null ? '' : ` **${plain(remedy)}**`}`,
      )
      .join('\n'),
    findings.length > MOST_FINDINGS ? `- and ${findings.length - MOST_FINDINGS} more` : '',
    figures(record),
    ...notes.map(plain),
    `Target ${plain(target.origin)}; run \`${record.id}\`. Again:\n\n${fenced(`npx ${shellCommand(record.command)}`)}`,
  ]
    .filter(Boolean)
    .join('\n\n');
}

const shown = ['broadcast.latency', 'broadcast.last', 'ack.latency', 'connect.time', 'reconnect.time', 'generator.lag'];

function figures({ metrics }: RunRecord): string {
  const rows = shown.flatMap((key) => {
    const metric = metrics[key];
    if (!metric || !('count' in metric) || metric.count === 0) return [];
    return [[key, ...latencyCells(metric, ['p50', 'p95', 'p99', 'max']), count(metric.count)]];
  });
  return table(['', 'p50', 'p95', 'p99', 'slowest', 'samples'], rows);
}

function comparisonBlock({ scenario, comparison }: ScenarioComparison): string {
  const rows = comparison.rows.map((row) =>
    comparisonCells(row).with(-1, row.word === 'better' || row.word === 'worse' ? `**${row.word}**` : row.word),
  );
  const notes = comparison.notes.map((note) => `> ${plain(noteSentence(note))}`);
  return [
    `### ${cell(scenario)} against the baseline`,
    plain(basisSentence(comparison)),
    ...notes,
    table(comparisonHead, rows),
  ].join('\n\n');
}

function latencyCells(
  metric: RunRecord['metrics'][string] | undefined,
  names: readonly (keyof Pick<Distribution, 'p50' | 'p95' | 'p99' | 'max'>)[],
): string[] {
  return names.map((name) => (metric && 'count' in metric && metric.count > 0 ? statistic(metric[name]) : '–'));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${head.map((_, at) => (at === 0 ? ' --- ' : ' ---: ')).join('|')}|`, ...rows.map(line)].join(
    '\n',
  );
}

function cell(text: string): string {
  return plain(text).replaceAll('|', '\\|');
}

/** A text in one line of Markdown, in which nothing of it is taken for HTML or a mention. */
function plain(text: string): string {
  return text
    .slice(0, LONGEST_CELL)
    .toWellFormed()
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/@(?=\w)/g, '@\u200b');
}

/** In a fence that is longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}sh\n${text}\n${fence}`;
}

/** As many blocks, from the first on, as there is room for. */
function bounded(blocks: Iterable<string>): string {
  const last = 'There is more than fits here: see run.json.\n';
  const kept: string[] = [];
  let room = LARGEST_BYTES - last.length;
  for (const block of blocks) {
    if (block === '') continue;
    room -= new TextEncoder().encode(block).length + 2;
    if (room < 0) return [...kept, last].join('\n\n');
    kept.push(block);
  }
  return `${kept.join('\n\n')}\n`;
}
