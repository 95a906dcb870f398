import { expect, test } from 'vitest';
import { hasRedis } from '../../test/support/redis.ts';
import { cases, showCase } from './all-cases.ts';

const launch = { program: process.execPath, args: [], env: process.env };

/** Those that take longer are run by `npm run bench -- cases`. */
const LONGEST_S = 10;

const brief = cases.filter(({ seconds }) => seconds < LONGEST_S);

test.concurrent.for(brief.map((one) => [one.id, one] as const))(
  '%s is what its file says, on the installed versions',
  async ([, one], { skip }) => {
    const outcome = await showCase(one, launch);
    // Without a Redis some cannot be shown; in CI there is one.
    skip(!hasRedis && outcome.kind === 'notShown' && outcome.why.includes('redis-server'), 'no redis-server');
    expect(outcome).toMatchObject({ kind: 'shown', isReproduced: one.here.isReproduced });
  },
);

test('each is asked for by a name of its own, and says why where it does not show here', () => {
  expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
  for (const { here, id } of cases) if (!here.isReproduced) expect(here.why, id).not.toBe('');
});
