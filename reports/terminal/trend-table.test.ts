import { expect, test } from 'vitest';
import { plainTerminal } from './terminal.ts';
import { trendTable } from './trend-table.ts';

test('like runs are told with what they are, and only sound ones are part of the line', () => {
  const run = { name: 'r', startedAt: '2026-01-01T00:00:00.000Z', isSound: true, lost: 0, expected: 10 } as const;
  const runs = [
    { ...run, verdict: 'passed', p99: 4 },
    { ...run, verdict: 'invalid', p99: 800, isSound: false },
    { ...run, verdict: 'failed', p99: 8 },
  ] as const;
  const text = trendTable({ scenario: 'broadcast\u001b[2J', about: 'reference chat, 3 probes' }, runs, plainTerminal);
  expect(text).toMatch(/^broadcast\[2J {2}reference chat, 3 probes\np99 ▅█ {2}4\.00 ms to 8\.00 ms\n/);
  expect(text).toContain('invalid');
});
