import { describe, expect, test } from 'vitest';
import { type Overrides, parseScenario } from '../../scenarios/scenario.ts';
import { readScenario } from '../../scenarios/scenario-files.ts';
import { layOutScenario } from './layout-scenario.ts';

const { text, file } = readScenario('reconnect');

function layoutOf(overrides: Overrides = {}, ownsServer = true) {
  return layOutScenario(parseScenario(text, file, overrides), 'seed', { server: ownsServer, redis: true });
}

describe('the shipped reconnect scenario', () => {
  test('takes at most 90 s, one fault after the other, each with time to come to rest', () => {
    const { phases, outages } = layoutOf();
    expect(phases.warmup + phases.measure + phases.drain).toBeLessThanOrEqual(90);
    const forAll = outages.filter(({ bots }) => bots[0] === 0);
    expect(forAll.map(({ fault }) => fault)).toEqual([
      'reset',
      'close',
      'blackhole',
      'kill',
      'restart',
      'flapping',
      'latency',
    ]);
    forAll.slice(1).forEach(({ from }, i) => expect(from).toBe(forAll[i]!.to));
    for (const { until, to } of forAll) expect(to - until).toBeGreaterThanOrEqual(3);
  });

  test('puts all bots on one network, and each persona on a network of its own', () => {
    const { probes, networks, faults, crowd } = layoutOf();
    const own = probes.bots.filter(({ persona }) => persona !== null);
    expect(own).toHaveLength(12);
    expect(new Set(own.map(({ network }) => network)).size).toBe(12);
    for (const { network, persona } of own) expect(networks[network]).toMatch(new RegExp(`^${persona!.name}-\\d$`));
    expect(crowd.network).toBe('main');
    for (const fault of faults) if (fault.kind === 'links') expect(fault.network).toBe('main');
  });

  test('kills the server for as long as it is told, and moves what comes later', () => {
    const usual = layoutOf();
    const long = layoutOf({ outage: '20s' });
    const kill = long.faults.find(({ name }) => name === 'kill');
    expect(kill).toMatchObject({ kind: 'target', part: 'server', how: 'kill', downMs: 20_000 });
    expect(long.phases.measure - usual.phases.measure).toBe(18);
  });

  test('leaves out what only the owner of a server can do', () => {
    const names = layoutOf({}, false).outages.map(({ fault }) => fault);
    expect(names).not.toContain('kill');
    expect(names).not.toContain('restart');
    expect(names).toContain('flapping');
  });
});

test('all scenarios together take at most 80 s in their quick form, starts and ends included', () => {
  const startAndEnd = 10;
  const lengths = ['broadcast', 'fallback', 'reconnect'].map((name) => {
    const scenario = readScenario(name);
    const { phases } = layOutScenario(parseScenario(scenario.text, scenario.file, { quick: true }), 'seed', {
      server: true,
      redis: true,
    });
    return phases.warmup + phases.measure + startAndEnd;
  });
  expect(lengths.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(80);
});
