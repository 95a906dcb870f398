import { expect, test } from 'vitest';
import type { AuditRow } from '../measure/metrics/events.ts';
import { audit } from '../scenarios/audit/run-audit.ts';
import { hasRedis, ifRedis } from './support/redis.ts';

const launch = { program: process.execPath, args: [], env: process.env };

async function rowsOn(nodes: number): Promise<AuditRow[]> {
  const rows: AuditRow[] = [];
  for await (const row of audit(nodes, launch)) rows.push(row);
  return rows;
}

test.skipIf(!hasRedis)(
  `what is promised of recovery holds, on every adapter; what is not does not${ifRedis}`,
  async () => {
    const rows = await rowsOn(2);
    expect(rows.filter(({ outcome }) => outcome === 'notShown')).toEqual([]);
    expect(rows.filter(({ promised, outcome }) => promised === 'yes' && outcome !== 'held')).toEqual([]);
    const matrix = rows.filter(({ topic }) => topic === 'matrix');
    const told = (subject: string, event: RegExp) =>
      matrix.find((row) => row.subject === subject && event.test(row.event))?.outcome;
    expect(told('memory', /stopped and started/)).toBe('broken');
    expect(told('redis-streams', /node is killed/)).toBe('broken');
    expect(told('redis-streams', /trimmed/)).toBe('broken');
    expect(new Set(matrix.filter(({ subject }) => subject === 'redis-pubsub').map(({ outcome }) => outcome))).toEqual(
      new Set(['broken']),
    );
    const toServer = rows.filter(({ topic }) => topic === 'toServer');
    expect(toServer.map(({ outcome }) => outcome)).toEqual(['broken', 'broken', 'held', 'held']);
  },
);
