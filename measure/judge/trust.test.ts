import { describe, expect, test } from 'vitest';
import { checkTrust, type TrustInput } from './trust.ts';

const killed = { kind: 'signal', signal: 'SIGKILL' } as const;

/** What an idle machine's generator looks like: recorded on two cores with a hundred users. */
const idle: TrustInput = {
  lagP99: 1.9,
  lagLimitMs: 5,
  latencyP99: 8,
  loopUtilization: {
    probes: [null, 0.17, 0.15, 0.16, 0.17, 0.15, 0.16],
    crowd: [0.32, 0.3, 0.31, 0.29, 0.3, 0.31, 0.3],
    proxy: [],
  },
  loopStall: { probes: [null, 51, 53, 60, 51, 52, 51], crowd: [80, 61, 70, 66, 58, 59, 61], proxy: [] },
  offered: 1200,
  messages: { scheduled: 1200, sent: 1200, dropped: 0, ok: 1200, refused: 0, info: 0 },
  deaths: [],
  expected: 14_400,
  accounted: 14_400,
  starved: undefined,
  substance: undefined,
  headroom: { descriptors: { wanted: 224, available: 20_000 }, ports: { wanted: 124, available: 28_232 } },
};

type Role = 'probes' | 'crowd';
type Series = (number | null)[];

const busy = (role: Role, ...values: Series) => ({ loopUtilization: { ...idle.loopUtilization, [role]: values } });
const still = (role: Role, ...values: Series) => ({ loopStall: { ...idle.loopStall, [role]: values } });
const sends = (n: number) => ({ scheduled: n, sent: n, dropped: 0, ok: n, refused: 0, info: 0 });
const room = (resource: 'descriptors' | 'ports', wanted: number, available: number | null) => ({
  headroom: { ...idle.headroom, [resource]: { wanted, available } },
});

describe('the gates', () => {
  test('let an idle machine pass', () => {
    expect(checkTrust(idle)).toEqual([]);
  });

  test.each<[string, Partial<TrustInput>, unknown]>([
    ['lag over 5 ms', { lagP99: 5.1 }, { gate: 'lag', p99Ms: 5.1, limitMs: 5 }],
    ['lag over a tenth of the latency', { lagP99: 31, latencyP99: 300 }, { gate: 'lag', p99Ms: 31, limitMs: 30 }],
    ['lag without any latency', { lagP99: 6, latencyP99: undefined }, { gate: 'lag', p99Ms: 6, limitMs: 5 }],
    [
      'probes busy for five seconds',
      busy('probes', 0.1, 0.9, 0.9, 0.9, 0.9, 0.9),
      { gate: 'busy', role: 'probes', utilization: expect.closeTo(0.9), limit: 0.8 },
    ],
    [
      'a crowd with too much to do',
      busy('crowd', 1, 0.99, 1, 1, 1),
      { gate: 'busy', role: 'crowd', utilization: expect.closeTo(0.998), limit: 0.95 },
    ],
    [
      'probes that stood still',
      still('probes', 50, 512),
      { gate: 'stall', role: 'probes', stallMs: 512, limitMs: 300 },
    ],
    [
      'a crowd that stood still',
      still('crowd', 50, 1512),
      { gate: 'stall', role: 'crowd', stallMs: 1512, limitMs: 1000 },
    ],
    [
      'a starved crowd',
      { starved: { role: 'crowd', seconds: 9, of: 30 } },
      { gate: 'starved', role: 'crowd', seconds: 9, of: 30 },
    ],
    [
      'too few descriptors',
      room('descriptors', 5100, 1024),
      { gate: 'headroom', resource: 'descriptors', wanted: 5100, available: 1024 },
    ],
    [
      'too few ports',
      room('ports', 30_000, 28_232),
      { gate: 'headroom', resource: 'ports', wanted: 30_000, available: 28_232 },
    ],
    ['too few messages', { messages: sends(1175) }, { gate: 'rate', offered: 1200, achieved: 1175 }],
    ['too many messages', { messages: sends(1225) }, { gate: 'rate', offered: 1200, achieved: 1225 }],
    [
      'messages that went missing unsent',
      { messages: { ...sends(1200), sent: 1199, ok: 1199 } },
      { gate: 'conservation', ...sends(1200), sent: 1199, ok: 1199 },
    ],
    [
      'sends without an end',
      { messages: { ...sends(1200), ok: 1199 } },
      { gate: 'conservation', ...sends(1200), ok: 1199 },
    ],
    [
      'a death',
      { deaths: [{ role: 'crowd', end: killed, said: ['why'] }] },
      { gate: 'death', role: 'crowd', end: killed, said: ['why'] },
    ],
    ['a ledger that does not balance', { accounted: 14_399 }, { gate: 'balance', expected: 14_400, accounted: 14_399 }],
  ])('stop %s', (_, change, breach) => {
    expect(checkTrust({ ...idle, ...change })).toEqual([breach]);
  });

  test.each<[string, Partial<TrustInput>]>([
    ['lag under a tenth of the latency', { lagP99: 29, latencyP99: 300 }],
    ['a single busy second', busy('probes', 0.1, 0.1, 1, 0.1, 0.1, 0.1)],
    ['fewer than five known seconds', busy('probes', 1, 1, null, 1, 1)],
    ['a busy crowd that keeps up', busy('crowd', 0.9, 0.9, 0.9, 0.9, 0.9)],
    ['a rate within two percent', { messages: sends(1177) }],
    ['an interrupted run with fewer messages', { offered: undefined, messages: sends(3) }],
    [
      'dropped, refused and unknown messages',
      { messages: { scheduled: 1200, sent: 1100, dropped: 100, ok: 1000, refused: 60, info: 40 } },
    ],
    ['headroom that is not known', room('ports', 30_000, null)],
    ['a run without samples', { lagP99: undefined, latencyP99: undefined, ...busy('probes'), ...still('crowd') }],
  ])('let %s pass', (_, change) => {
    expect(checkTrust({ ...idle, ...change })).toEqual([]);
  });

  test('tell causes before what they cause', () => {
    const breaches = checkTrust({
      ...idle,
      ...busy('crowd', 1, 1, 1, 1, 1),
      lagP99: 40,
      starved: { role: 'crowd', seconds: 9, of: 30 },
    });
    expect(breaches.map(({ gate }) => gate)).toEqual(['busy', 'lag', 'starved']);
  });
});
