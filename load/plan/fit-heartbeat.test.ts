import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseScenario } from '../../scenarios/scenario.ts';
import { fitHeartbeat } from './fit-heartbeat.ts';

const text = readFileSync(new URL('../../scenarios/reconnect.yml', import.meta.url), 'utf8');
const scenario = parseScenario(text, 'reconnect.yml');
const handshake = { maxPayloadBytes: null, upgrades: ['websocket'] };

function lengthsOf({ workload }: typeof scenario): Record<string, number> {
  const faults = workload.kind === 'probes' ? workload.faults : [];
  return Object.fromEntries(faults.map((fault) => [fault.name, 'for' in fault ? fault.for : 0]));
}

test('a silent fault lasts as long as the heartbeat needs, and two seconds more; all others stay as they are', () => {
  const fitted = fitHeartbeat(scenario, { ...handshake, pingIntervalMs: 25_000, pingTimeoutMs: 20_000 });
  expect(lengthsOf(fitted)).toEqual({ ...lengthsOf(scenario), blackhole: 47 });
});

test('one that is long enough stays as it is', () => {
  expect(fitHeartbeat(scenario, { ...handshake, pingIntervalMs: 1000, pingTimeoutMs: 1000 })).toEqual(scenario);
});
