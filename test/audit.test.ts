import { expect, test } from 'vitest';
import type { AuditRow } from '../measure/metrics/events.ts';
import { clientToServer } from '../scenarios/audit/client-to-server.ts';
import { type Experiment, rowOf } from '../scenarios/audit/experiment.ts';
import { matrixOf } from '../scenarios/audit/recovery-matrix.ts';
import { hasRedis, ifRedis } from './support/redis.ts';

const launch = { program: process.execPath, args: [], env: process.env };

/** What comes of experiments, one after the other. */
async function outcomesOf(experiments: readonly Experiment[]): Promise<[string, AuditRow['outcome']][]> {
  const outcomes: [string, AuditRow['outcome']][] = [];
  for (const experiment of experiments) {
    const { topic, subject, event, outcome } = await rowOf(experiment, launch);
    outcomes.push([topic === 'matrix' ? event : subject, outcome]);
  }
  return outcomes;
}

test.skipIf(!hasRedis)(`on Redis Streams sessions survive their node, unless it is killed${ifRedis}`, async () => {
  expect(Object.fromEntries(await outcomesOf(matrixOf('redis-streams')))).toEqual({
    "the client's link is lost": 'held',
    'the server is stopped and started': 'held',
    'its node is stopped, and it is back on another': 'held',
    'its node is killed, and it is back on another': 'broken',
    'Redis is restarted with its data': 'held',
    'Redis is silent for a while': 'held',
    'the stream is trimmed past what it had received': 'broken',
  });
});

test.skipIf(!hasRedis)(`on Redis pub/sub no session is recovered, whatever happens${ifRedis}`, async () => {
  const outcomes = await outcomesOf(matrixOf('redis-pubsub'));
  expect(outcomes).toHaveLength(6);
  expect(new Set(outcomes.map(([, outcome]) => outcome))).toEqual(new Set(['broken']));
});

test('what a client sends into a silence is lost, unless it is sent until it was acknowledged', async () => {
  const outcomes = await outcomesOf(clientToServer);
  expect(outcomes.map(([, outcome]) => outcome)).toEqual(['broken', 'broken', 'held', 'held']);
});
