import { expect, test } from 'vitest';
import { plan } from '../../../test/support/plan.ts';
import { endings, recordOf } from '../../../test/support/records.ts';
import { digestOf, type Finished, runningDigest } from '../digests/run-digest.ts';
import { listed, listPath, listQuery } from './list-query.ts';

const fast = digest('fast', { p99: 5, startedAt: '2026-01-01T00:00:00.000Z' });
const slow = digest('slow', { p99: 50, startedAt: '2026-01-02T00:00:00.000Z', labels: ['Nightly', 'eu'] });
const vague = digest('vague', { p99: null, startedAt: '2026-01-03T00:00:00.000Z', target: 'http://chat.invalid' });
const bad = { ...(digestOf('bad', () => endings.invalid!) as Finished), startedAt: '2025-01-01T00:00:00.000Z' };
const going = runningDigest('going', { ...plan, startedAt: '2026-01-04T00:00:00.000Z' }, 1.9);
const runs = [fast, slow, vague, bad, going];

function digest(name: string, change: Partial<Finished>): Finished {
  const git = { commit: '0123456789abcdef', branch: `branch-of-${name}`, isDirty: false };
  return { ...(digestOf(name, () => recordOf({ git })) as Finished), ...change };
}

test.each([
  [{}, 'going vague slow fast bad'],
  [{ sort: 'started' }, 'bad fast slow vague going'],
  [{ sort: 'p99' }, 'fast bad slow going vague'],
  [{ sort: '-p99' }, 'slow bad fast going vague'],
  [{ sort: 'no such' }, 'going vague slow fast bad'],
  [{ sort: ['p99', 'lost'] }, 'going vague slow fast bad'],
  [{ q: 'NIGHTLY' }, 'slow'],
  [{ q: 'eu  broadcast' }, 'slow'],
  [{ q: 'eu fast' }, ''],
  [{ q: 'branch-of-f' }, 'fast'],
  [{ q: '0123456' }, 'vague slow fast'],
  [{ target: 'http://chat.invalid' }, 'vague'],
  [{ verdict: 'invalid' }, 'bad'],
  [{ verdict: 'in progress' }, 'going'],
  [{ scenario: 'other' }, ''],
])('%j shows %s', (query, names) => {
  expect(listed(runs, listQuery(query)).map(({ name }) => name)).toEqual(names.split(' ').filter(Boolean));
});

test.each(['/', '/?q=a+b&verdict=failed', '/?scenario=x%26y&sort=-p99', '/?sort=started', '/?rows=400'])(
  '%s is the address of what it asks for',
  (path) => {
    const query = Object.fromEntries(new URL(path, 'http://localhost').searchParams);
    expect(listPath(listQuery(query))).toBe(path);
  },
);
