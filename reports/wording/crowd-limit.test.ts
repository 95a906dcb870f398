import { expect, test } from 'vitest';
import { recordOf } from '../../test/support/records.ts';
import { crowdLimitWords } from './crowd-limit.ts';

/** A run whose crowd used so much of a core in the measured seconds, on four cores. */
function heardWith(cpu: readonly (number | null)[], engine: string | null) {
  const record = recordOf();
  return crowdLimitWords({
    ...record,
    environment: { ...record.environment, cpus: 4 },
    load: { ...record.load, engine: engine === null ? null : { name: engine, chosenBy: 'scenario', limits: null } },
    timeline: { ...record.timeline, counters: { 'delivery.delivered{by=crowd}': [0, 9000, 10_000, 11_000, 0] } },
    vitals: [{ source: { role: 'conductor', shard: 0, number: 0 }, gauges: { 'cpu{role=crowd}': [...cpu] } }],
  });
}

test('says what the crowd received, what that took, and what follows for its limit', () => {
  // 80 % of a core is as much as it may use: four times what was used, and on each of three threads with the engine of our own.
  expect(heardWith([90, 20, 20, 20, 1], 'socketio-v3')).toBe(
    'the crowd received 10,000 deliveries/s with 20 % of a core: its limit here is about 40,000 deliveries/s',
  );
  expect(heardWith([90, 20, 20, 20, 1], 'chatstorm')).toContain('its limit here is about 120,000 deliveries/s');
});

test('says nothing where that cannot be told', () => {
  expect(heardWith([90, 2, 1, 3, 1], 'chatstorm')).toBeUndefined();
  expect(heardWith([90, null, null, null, 1], 'chatstorm')).toBeUndefined();
  expect(crowdLimitWords(recordOf())).toBeUndefined();
});
