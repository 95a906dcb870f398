import { printable } from '../../base/printable.ts';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { breachReason, thresholdValue } from '../wording/verdict-wording.ts';

/** Where a threshold stands: `file:line`, or the file alone. */
export type PlaceOf = (threshold: string) => string | undefined;

/** GitHub shows ten of a kind from each step. */
const MOST = 10;

/**
 * A run's problems as commands to GitHub's runner, which shows them beside the code: an error at each threshold that failed,
 * and for what makes the run invalid; a warning at each that could not be told, and for what was found critical.
 */
export function annotations(record: RunRecord, placeOf: PlaceOf): string[] {
  const { scenario, verdict, findings, interruptedBy } = record;
  const title = `chatstorm ${scenario.name}`;
  const errors = [
    ...verdict.breaches.map((breach) => command('error', title, breachReason(breach))),
    ...(interruptedBy ? [command('error', title, `the run was interrupted by ${interruptedBy}`)] : []),
    ...verdict.thresholds
      .filter(({ outcome }) => outcome === 'fail')
      .map((result) => command('error', title, `${result.text}: got ${thresholdValue(result)}`, placeOf(result.text))),
  ];
  const warnings = [
    ...verdict.thresholds
      .filter(({ outcome }) => outcome === 'unknown')
      .map((result) => command('warning', title, `${result.text}: ${thresholdValue(result)}`, placeOf(result.text))),
    ...findings
      .filter(({ severity }) => severity === 'critical')
      .map(({ evidence, remedy }) => command('warning', title, `${evidence} ${remedy ?? ''}`.trim())),
  ];
  return [...errors.slice(0, MOST), ...warnings.slice(0, MOST)];
}

function command(kind: 'error' | 'warning', title: string, message: string, place?: string): string {
  const [, file, line] = /^(.*?)(?::(\d+))?$/.exec(place ?? '') ?? [];
  const properties = { title, ...(file && { file }), ...(line && { line }) };
  const written = Object.entries(properties).map(([name, value]) => `${name}=${property(value)}`);
  return `::${kind} ${written.join(',')}::${data(printable(message))}`;
}

/** What ends a command, or a property of it, is written as the runner reads it. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(printable(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
