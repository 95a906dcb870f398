import type { RunRecord } from '../../../../measure/run-record/run-record.ts';
import type { PageRecord } from '../../../render/page-record.ts';
import { count } from '../../../wording/quantities.ts';
import { thresholdValue } from '../../../wording/verdict-wording.ts';
import { columns, table } from '../../parts/data-table.ts';
import { type Child, el, folded } from '../../parts/elements.ts';
import { thresholdText } from '../../parts/metric-name.ts';

type ThresholdResult = RunRecord['verdict']['thresholds'][number];

/** The thresholds: those that did not hold stand open, the others are folded into a line. */
export function thresholdList({ verdict, isRunning }: PageRecord): Child[] {
  const { thresholds, breaches } = verdict;
  if (thresholds.length === 0) return [el('p', 'nothing', 'No thresholds were set.')];
  if (isRunning) {
    const words = `${count(thresholds.length)} thresholds, judged at the end`;
    return [folded(words, '', () => listOf('Thresholds so far', thresholds, soFar))];
  }
  const passed = thresholds.filter(({ outcome }) => outcome === 'pass');
  const failed = thresholds.filter(({ outcome }) => outcome === 'fail');
  const unknown = thresholds.filter(({ outcome }) => outcome === 'unknown');
  const isClean = passed.length === thresholds.length && breaches.length === 0;
  const but = breaches.length > 0 ? ', but the run is invalid' : '';
  const words = `${isClean ? '✓ ' : ''}${count(passed.length)} of ${count(thresholds.length)} thresholds passed${but}`;
  return [
    failed.length > 0 ? listOf('Thresholds that failed', failed, judged) : undefined,
    unknown.length > 0 ? listOf('Thresholds without an answer', unknown, judged) : undefined,
    passed.length > 0 ? folded(words, '', () => listOf('Thresholds that passed', passed, judged)) : el('p', '', words),
  ];
}

function listOf(
  caption: string,
  results: readonly ThresholdResult[],
  told: (result: ThresholdResult) => Child,
): HTMLElement {
  const rows = results.map((result) => ({
    head: thresholdText(result.text),
    cells: [thresholdValue(result), told(result)],
  }));
  return table({
    caption,
    columns: [...columns(['Threshold'], ['Value']), ...columns(['Outcome'])],
    rows,
    className: 'thresholds',
  });
}

function judged({ outcome }: ThresholdResult): Child {
  return el('span', `outcome ${outcome}`, outcomes[outcome]);
}

/** A count that has passed its limit does not come back; anything else may still change. */
function soFar(result: ThresholdResult): Child {
  const isOver = result.outcome === 'fail' && result.unit === '1' && !/\.p\d+/.test(result.text);
  return isOver ? judged(result) : el('span', 'outcome', 'in progress');
}

const outcomes: Readonly<Record<ThresholdResult['outcome'], string>> = {
  pass: '✓ pass',
  fail: '✗ fail',
  unknown: '? unknown',
};
