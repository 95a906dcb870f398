import { expect, test } from 'vitest';
import type { AuditRow } from '../measure/metrics/events.ts';
import { rowOf } from '../scenarios/audit/experiment.ts';
import { matrixOf } from '../scenarios/audit/recovery-matrix.ts';
import { hasRedis, ifRedis } from './support/redis.ts';

const launch = { program: process.execPath, args: [], env: process.env };

/** The matrix of one adapter, by event; runs look at all of them. */
async function matrix(adapter: 'redis-streams'): Promise<Record<string, AuditRow['outcome']>> {
  const outcomes: Record<string, AuditRow['outcome']> = {};
  for (const experiment of matrixOf(adapter)) {
    const { event, outcome } = await rowOf(experiment, launch);
    outcomes[event] = outcome;
  }
  return outcomes;
}

test.skipIf(!hasRedis)(`on Redis Streams sessions survive their node, unless it is killed${ifRedis}`, async () => {
  expect(await matrix('redis-streams')).toEqual({
    "the client's link is lost": 'held',
    'the server is stopped and started': 'held',
    'its node is stopped, and it is back on another': 'held',
    'its node is killed, and it is back on another': 'broken',
    'Redis is restarted with its data': 'held',
    'Redis is silent for a while': 'held',
    'the stream is trimmed past what it had received': 'broken',
  });
});
