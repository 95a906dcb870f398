import { describe, expect, test } from 'vitest';
import { readScenario } from '../scenarios/catalogue.ts';
import { type Overrides, parseScenario } from '../scenarios/scenario.ts';
import { stagingOf } from './staging.ts';

const { text, file } = readScenario('reconnect');

function stage(overrides: Overrides = {}, ownsServer = true) {
  return stagingOf(parseScenario(text, file, overrides), 'seed', ownsServer);
}

describe('the shipped reconnect scenario', () => {
  test('takes at most 90 s, one fault after the other, each with time to come to rest', () => {
    const { phases, outages } = stage();
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

  test('puts everyone behind one door, and each of those with habits behind one of their own', () => {
    const { troupe, doors, faults, crowd } = stage();
    const own = troupe.parts.filter(({ persona }) => persona !== null);
    expect(own).toHaveLength(12);
    expect(new Set(own.map(({ door }) => door)).size).toBe(12);
    for (const { door, persona } of own) expect(doors[door]).toMatch(new RegExp(`^${persona!.name}-\\d$`));
    expect(crowd.door).toBe('main');
    for (const fault of faults) if (fault.kind === 'links') expect(fault.door).toBe('main');
  });

  test('kills the server for as long as it is told, and moves what comes later', () => {
    const usual = stage();
    const long = stage({ outage: '20s' });
    const kill = long.faults.find(({ name }) => name === 'kill');
    expect(kill).toMatchObject({ kind: 'server', how: 'kill', downMs: 20_000 });
    expect(long.phases.measure - usual.phases.measure).toBe(18);
  });

  test('leaves out what only the owner of a server can do', () => {
    const names = stage({}, false).outages.map(({ fault }) => fault);
    expect(names).not.toContain('kill');
    expect(names).not.toContain('restart');
    expect(names).toContain('flapping');
  });
});

test('all scenarios together take less than 75 s in their quick form, starts and ends included', () => {
  const startAndEnd = 10;
  const lengths = ['broadcast', 'fallback', 'reconnect'].map((name) => {
    const scenario = readScenario(name);
    const { phases } = stagingOf(parseScenario(scenario.text, scenario.file, { quick: true }), 'seed', true);
    return phases.warmup + phases.measure + startAndEnd;
  });
  expect(lengths.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(80);
});
