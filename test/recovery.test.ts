import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { cleanUp, faultsIn, Running, root, temporaryFolder } from './support/chatstorm.ts';

afterAll(cleanUp);

const shipped = parse(readFileSync(join(root, 'scenarios', 'recovery.yml'), 'utf8'));

test('whose session is recovered depends on how the link was lost and on how long the client was away', async () => {
  const folder = temporaryFolder();
  const { chatstorm } = shipped;
  const recovery = { ...chatstorm.recovery, away: ['300ms', '4s'], clients: 2, warmup: '3s', settle: '2s' };
  const thresholds = ['recovery.share{fault=reset} == 1', 'delivery.lost == 0', 'delivery.duplicate == 0'];
  const file = join(folder, 'recovery.yml');
  // Lost to those who are away for 4 s, unless the server notices a second later that they have gone.
  const server = { ...chatstorm.server, maxDisconnectionDuration: '3500ms' };
  writeFileSync(
    file,
    stringify({ ...shipped, chatstorm: { ...chatstorm, lag: '1s', server, recovery, thresholds, quick: {} } }),
  );
  const run = new Running(['load', file, '--no-live', '--out', join(folder, 'run')], join(folder, 'run'));
  await run.ended;
  const record = run.record();
  expect(record.verdict.outcome, run.output).toBe('fail');
  const { cells } = record.recovery!;
  // Whether a sleeper's session is still there when it has noticed and waited hangs on when it was pinged last.
  const certain = cells.filter(({ way, awayMs }) => way !== 'sleep' || awayMs < 1000);
  const outcomes = certain.map(({ way, awayMs, kept, recovered, fresh, absent }) => [
    `${way} ${awayMs}`,
    { kept, recovered, fresh, absent },
  ]);
  const none = { kept: 0, recovered: 0, fresh: 0, absent: 0 };
  expect(Object.fromEntries(outcomes)).toEqual({
    'reset 300': { ...none, recovered: 2 },
    'reset 4000': { ...none, fresh: 2 },
    'close 300': { ...none, recovered: 2 },
    'close 4000': { ...none, fresh: 2 },
    // The server has not noticed yet.
    'silence 300': { ...none, fresh: 2 },
    'silence 4000': { ...none, recovered: 2 },
    'switch 300': { ...none, fresh: 2 },
    'switch 4000': { ...none, recovered: 2 },
    'sleep 300': { ...none, kept: 2 },
  });
  for (const { way, awayMs, recovered, fresh, deliveries } of certain) {
    const { recovered: replayed, missed, duplicate, reordered } = deliveries!;
    expect({ duplicate, reordered }, `${way} ${awayMs}`).toEqual({ duplicate: 0, reordered: 0 });
    expect(replayed > 0, `${way} ${awayMs}`).toBe(recovered > 0);
    expect(missed > 0, `${way} ${awayMs}`).toBe(fresh > 0);
  }
  expect(record.findings.map(({ id }) => id)).toEqual(['back-before-noticed', 'session-expired']);
  expect(faultsIn(record)).toEqual([]);
  const memory = record.recovery!.audit.filter(({ topic }) => topic === 'matrix');
  expect(memory.map(({ subject, promised, outcome }) => [subject, promised, outcome])).toEqual([
    ['memory', 'yes', 'held'],
    ['memory', 'no', 'broken'],
  ]);
  expect(run.output).toContain('silent link');
});
