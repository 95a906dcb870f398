import { expect, test } from 'vitest';
import { recordOf } from '../../test/support/records.ts';
import { likenessOf } from './likeness.ts';

const one = recordOf();

test.each([
  ['another seed', { seed: 'other' }, true],
  ['other thresholds', { scenario: { ...one.scenario, thresholds: [] } }, true],
  ['another start and label', { startedAt: '2027-01-01T00:00:00.000Z', labels: ['a'] }, true],
  ['another port of the embedded server', { target: { ...one.target, origin: 'http://127.0.0.1:2' } }, true],
  ['another duration', { phases: { ...one.phases, measure: 9 } }, false],
  ['another load', { load: { ...one.load, users: 11 } }, false],
  ['another target', { target: { ...one.target, kind: 'external' as const } }, false],
  ['another engine', { environment: { ...one.environment, versions: { artillery: '3.0.0' } } }, false],
])('a run with %s', (_, change, isAlike) => {
  expect(likenessOf({ ...one, ...change }) === likenessOf(one)).toBe(isAlike);
});
