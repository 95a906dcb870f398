import { expect, test } from 'vitest';
import { FailureLog } from './failure-log.ts';

test('a failure is logged at once, then once a minute with how often it happened meanwhile', () => {
  const lines: string[] = [];
  const log = new FailureLog((line) => lines.push(line.split('\n')[0]!));
  for (const at of [0, 1000, 59_999, 60_000, 60_001]) log.report('join', new Error('no'), at);
  log.report('leave', 'odd', 60_002);
  expect(lines).toEqual([
    'Failed to handle `join`: Error: no',
    'Failed to handle `join`, and 2 times since the last line: Error: no',
    'Failed to handle `leave`: odd',
  ]);
});
