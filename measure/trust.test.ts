import { describe, expect, test } from 'vitest';
import { checkTrust, type TrustInput } from './trust.ts';

/** What an idle machine's generator looks like. */
const idle: TrustInput = {
  lagP99: 2,
  latencyP99: 7,
  loopUtilization: [null, 0.05, 0.06, 0.05, 0.9, 0.05, 0.05, 0.05],
  offered: 1200,
  achieved: 1200,
  deaths: [],
  expected: 14_400,
  accounted: 14_400,
};

describe('the gates', () => {
  test('let an idle machine pass', () => {
    expect(checkTrust(idle)).toEqual([]);
  });

  test.each<[string, Partial<TrustInput>, unknown]>([
    ['lag over 5 ms', { lagP99: 5.1 }, { gate: 'lag', p99Ms: 5.1, limitMs: 5 }],
    ['lag over a tenth of the latency', { lagP99: 31, latencyP99: 300 }, { gate: 'lag', p99Ms: 31, limitMs: 30 }],
    ['lag without any latency', { lagP99: 6, latencyP99: undefined }, { gate: 'lag', p99Ms: 6, limitMs: 5 }],
    [
      'a loop that is busy for five seconds',
      { loopUtilization: [0.1, 0.9, 0.9, 0.9, 0.9, 0.9] },
      { gate: 'busy', utilization: expect.closeTo(0.9), limit: 0.8 },
    ],
    ['too few messages', { achieved: 1175 }, { gate: 'rate', offered: 1200, achieved: 1175 }],
    ['too many messages', { achieved: 1225 }, { gate: 'rate', offered: 1200, achieved: 1225 }],
    ['a death', { deaths: [{ role: 'crowd', how: 'SIGKILL' }] }, { gate: 'death', role: 'crowd', how: 'SIGKILL' }],
    ['a ledger that does not balance', { accounted: 14_399 }, { gate: 'balance', expected: 14_400, accounted: 14_399 }],
  ])('stop %s', (_, change, breach) => {
    expect(checkTrust({ ...idle, ...change })).toEqual([breach]);
  });

  test.each<[string, Partial<TrustInput>]>([
    ['lag under a tenth of the latency', { lagP99: 29, latencyP99: 300 }],
    ['a single busy second', { loopUtilization: [0.1, 0.1, 1, 0.1, 0.1, 0.1] }],
    ['fewer than five known seconds', { loopUtilization: [1, 1, null, 1, 1] }],
    ['a rate within two percent', { achieved: 1177 }],
    ['an interrupted run with fewer messages', { offered: undefined, achieved: 3 }],
    ['a run without samples', { lagP99: undefined, latencyP99: undefined, loopUtilization: [] }],
  ])('let %s pass', (_, change) => {
    expect(checkTrust({ ...idle, ...change })).toEqual([]);
  });
});
