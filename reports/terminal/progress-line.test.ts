import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import type { Progress } from '../../measure/fold/progress.ts';
import { progressLine } from './progress-line.ts';
import { painted, plainTerminal } from './terminal.ts';

const progress: Progress = {
  scenario: 'reconnect',
  phase: 'measure',
  at: 30.4,
  of: 60,
  users: 1200,
  messagesPerSecond: 80,
  deliveriesPerSecond: 12_345,
  p99Ms: 12.34,
  faults: ['blackhole'],
};

test.each([
  [
    130,
    'reconnect measure  ━━━━━━━━━━━━──────────── 30/60 s  1,200 users  80 messages/s  12,345 deliveries/s  p99 12.3 ms  blackhole',
  ],
  [
    115,
    'reconnect measure  ━━━━━━━━━━━━──────────── 30/60 s  80 messages/s  12,345 deliveries/s  p99 12.3 ms  blackhole',
  ],
  [100, 'reconnect measure  ━━━━━━━━━━━━──────────── 30/60 s  80 messages/s  p99 12.3 ms  blackhole'],
  [80, 'reconnect measure  ━━━━━━━━━━━━──────────── 30/60 s  p99 12.3 ms  blackhole'],
  [70, 'reconnect  ━━━━━━━━━━━━──────────── 30/60 s  p99 12.3 ms  blackhole'],
  [60, 'reconnect  ━━━━──── 30/60 s  p99 12.3 ms  blackhole'],
  [45, 'reconnect  30/60 s  p99 12.3 ms  blackhole'],
  [20, 'reconnect  30/60 s  '],
])('at %i columns the least important is left out', (width, line) => {
  expect(progressLine(progress, { ...plainTerminal, width })).toBe(line);
});

const many = { ...progress, scenario: '聊天-with-a-long-name', faults: ['reset', 'latency', 'kill', '黑洞'] };
const early = { ...progress, at: 0, p99Ms: null, faults: [] };

test.each([progress, many, early])('%# never wraps, at any width', (one) => {
  for (let width = 20; width <= 200; width++) {
    for (const paint of [plainTerminal.paint, painted]) {
      const line = progressLine(one, { paint, width });
      expect(line).not.toContain('\n');
      expect(stringWidth(line)).toBeLessThanOrEqual(width);
    }
  }
});
