import { expect, test } from 'vitest';
import { starvedOf } from './cross-check.ts';

const seconds = (value: number | null, n = 30) => Array<number | null>(n).fill(value);

test.each<[string, (number | null)[], (number | null)[], unknown]>([
  ['both hear alike', seconds(3), seconds(4), undefined],
  ['the crowd hears much later', seconds(3), seconds(40), { role: 'crowd', seconds: 30, of: 30 }],
  ['the probes hear much later', seconds(60), seconds(8), { role: 'probes', seconds: 30, of: 30 }],
  ['both hear late: it is the server', seconds(900), seconds(980), undefined],
  ['far by factor but not by milliseconds', seconds(1), seconds(6), undefined],
  ['far in too few seconds', seconds(3), [...seconds(40, 5), ...seconds(4, 25)], undefined],
  ['far in enough seconds', seconds(3), [...seconds(40, 6), ...seconds(4, 24)], { role: 'crowd', seconds: 6, of: 30 }],
  ['nothing to compare', seconds(null), seconds(40), undefined],
  ['no crowd', seconds(3), [], undefined],
])('%s', (_, probes, crowd, starved) => {
  expect(starvedOf(probes, crowd)).toEqual(starved);
});
