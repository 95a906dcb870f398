import { expect, test } from 'vitest';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { searched } from '../../test/support/searches.ts';
import { findingsOf } from './all-findings.ts';

function ids(found: Partial<NonNullable<RunRecord['capacity']>>): string[] {
  return findingsOf(searched(found)).map(({ id }) => id);
}

test('a search finds what gave way, a server that does not recover, and a generator that came first', () => {
  expect(ids({})).toEqual(['capacity-limit']);
  expect(ids({ recovered: false, recoveryS: null })).toEqual(['does-not-recover', 'capacity-limit']);
  expect(ids({ isAtLeast: true, ceiling: 2000 })).toEqual(['generator-limit', 'capacity-limit']);
  expect(ids({ confirmed: null, refuted: null, end: 'generator' })).toEqual([]);
});

test('what a load that is too high on purpose does is no finding', () => {
  const run = searched();
  const { metrics } = run;
  const ended = { 'disconnects{reason=ping timeout}': { unit: '1', value: 9 } } as const;
  expect(findingsOf({ ...run, metrics: { ...metrics, ...ended } }).map(({ id }) => id)).toEqual(['capacity-limit']);
});
