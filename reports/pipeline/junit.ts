import { XMLBuilder } from 'fast-xml-parser';
import { printable, printableData } from '../../base/printable.ts';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { comparisonCells } from '../wording/comparison-wording.ts';
import { headline } from '../wording/headline.ts';
import { shellCommand } from '../wording/shell-command.ts';
import { breachReason, gateNames, thresholdValue, verdictWord } from '../wording/verdict-wording.ts';
import type { ScenarioComparison } from './markdown-summary.ts';

/** Readers of such files limit their size; nobody reads more. */
const LONGEST_TEXT = 10_000;
const LONGEST_MESSAGE = 1000;

interface Attributes {
  readonly [attribute: `@${string}`]: string;
}

/** What went wrong, in the words of the format. */
interface Problem extends Attributes {
  readonly '#text': string;
}

interface Case extends Attributes {
  readonly failure?: Problem;
  readonly error?: Problem;
  readonly skipped?: Attributes;
}

/**
 * Runs as JUnit's XML, as GitLab, Jenkins and GitHub's reporters read it: a testsuite for each run, with a testcase for each
 * threshold and each gate. What failed is a `failure`; what makes the run invalid or cannot be told is an `error`; what was
 * not tested is `skipped`. A comparison with a baseline is a testsuite of its own; `problem` is why there are no more runs.
 * No text of it is without bounds.
 */
export function junit(
  records: readonly RunRecord[],
  comparisons: readonly ScenarioComparison[] = [],
  problem?: string,
): string {
  const suites = [
    ...records.map(printableData).map(suite),
    ...comparisons.map(printableData).map(comparisonSuite),
    ...(problem === undefined ? [] : [problemSuite(problem)]),
  ];
  const builder = new XMLBuilder({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    format: true,
    suppressBooleanAttributes: false,
  });
  const document = {
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    testsuites: { '@name': 'chatstorm', ...totals(suites.flatMap(({ testcase }) => testcase)), testsuite: suites },
  };
  return builder.build(document);
}

function suite(record: RunRecord) {
  const { scenario, startedAt, timeline, environment } = record;
  const classname = `chatstorm.${scenario.name}`;
  const cases = [...thresholdCases(record), ...gateCases(record)];
  const testcase = cases.map((one) => ({ '@classname': classname, '@time': '0', ...one }));
  return {
    '@name': classname,
    ...totals(testcase),
    '@time': String(timeline.seconds),
    '@timestamp': startedAt.slice(0, 19),
    '@hostname': 'localhost',
    properties: {
      property: [
        { '@name': 'verdict', '@value': verdictWord(record) },
        { '@name': 'run', '@value': record.id },
        { '@name': 'target', '@value': record.target.origin },
        { '@name': 'node', '@value': environment.node },
      ].map((property) => ({ ...property, '@value': text(property['@value'], LONGEST_MESSAGE) })),
    },
    testcase,
    'system-out': text(evidence(record), LONGEST_TEXT),
  };
}

/** A testcase for each headline metric: worse is a failure, and what too few runs can tell is skipped. */
function comparisonSuite({ scenario, comparison }: ScenarioComparison) {
  const classname = `chatstorm.${scenario}.baseline`;
  const testcase = comparison.rows
    .filter(({ isHeadline }) => isHeadline)
    .map((row): Case => {
      const [metric = '', base, next, change] = comparisonCells(row);
      const told = `${metric}: ${base} before, ${next} now (${change})`;
      const name = { '@classname': classname, '@time': '0', '@name': metric };
      if (row.word === 'worse') return { ...name, failure: problemOf('worse', told) };
      return row.word === 'too few runs' ? { ...name, skipped: { '@message': row.word } } : name;
    });
  return { '@name': classname, ...totals(testcase), '@time': '0', testcase };
}

function problemSuite(why: string) {
  const testcase: Case[] = [
    {
      '@classname': 'chatstorm',
      '@time': '0',
      '@name': 'all runs were made',
      error: problemOf('problem', printable(why)),
    },
  ];
  return { '@name': 'chatstorm', ...totals(testcase), '@time': '0', testcase };
}

function thresholdCases({ verdict }: RunRecord): Case[] {
  return verdict.thresholds.map((result): Case => {
    const name = { '@name': text(result.text, LONGEST_MESSAGE) };
    const value = thresholdValue(result);
    if (result.outcome === 'pass') return name;
    if (result.outcome === 'fail') return { ...name, failure: problemOf('threshold', `${result.text}: got ${value}`) };
    if ('why' in result && result.why === 'notTested') return { ...name, skipped: { '@message': value } };
    return { ...name, error: problemOf('unknown', `${result.text}: ${value}`) };
  });
}

/** One for each gate; why a run is invalid stands at its own. */
function gateCases(record: RunRecord): Case[] {
  const ended: Case = { '@name': 'the run was completed' };
  const end = record.interruptedBy ? `It was interrupted by ${record.interruptedBy}.` : 'It was cut short.';
  return [
    record.state === 'complete' ? ended : { ...ended, error: problemOf('partial', end) },
    ...Object.entries(gateNames).map(([gate, name]): Case => {
      const breaches = record.verdict.breaches.filter((breach) => breach.gate === gate);
      if (breaches.length === 0) return { '@name': name };
      return { '@name': name, error: problemOf(gate, breaches.map(breachReason).join('\n')) };
    }),
  ];
}

/** What followed from the run, and how to make it again. */
function evidence(record: RunRecord): string {
  const findings = record.findings.map(({ severity, evidence, remedy }) =>
    `${severity}: ${evidence} ${remedy ?? ''}`.trim(),
  );
  return [headline(record), ...findings, ...record.notes, `Again: npx ${shellCommand(record.command)}`].join('\n');
}

function problemOf(type: string, why: string): Problem {
  return {
    '@type': type,
    '@message': text(why.split('\n', 1)[0] ?? '', LONGEST_MESSAGE),
    '#text': text(why, LONGEST_TEXT),
  };
}

function totals(cases: readonly Case[]): Attributes {
  const of = (kind: 'failure' | 'error' | 'skipped') => String(cases.filter((one) => one[kind]).length);
  return {
    '@tests': String(cases.length),
    '@failures': of('failure'),
    '@errors': of('error'),
    '@skipped': of('skipped'),
  };
}

/** What XML 1.0 can hold of a text, no longer than `longest`. */
function text(value: string, longest: number): string {
  const whole = value.toWellFormed().replaceAll(/[\ufffe\uffff]/g, '');
  return whole.length <= longest ? whole : `${whole.slice(0, longest - 1).toWellFormed()}…`;
}
