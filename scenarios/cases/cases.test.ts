import { expect, test } from 'vitest';
import { cases, showCase } from './all-cases.ts';

/** Those that take longer are run by `npm run bench -- cases`. */
const LONGEST_S = 10;

test.concurrent.each(cases.filter(({ seconds }) => seconds < LONGEST_S).map((one) => [one.id, one] as const))(
  '%s is what its file says, on the installed versions',
  async (_id, one) => {
    const { isReproduced } = one.here;
    expect(await showCase(one)).toMatchObject({ kind: 'shown', isReproduced });
  },
);
