import { parseArgs } from 'node:util';
import { expect, test } from 'vitest';
import type { LoadOptions } from './load-options.ts';
import { repeatWords } from './repeat-command.ts';
import { requestsOf } from './run-request.ts';

const plain: LoadOptions = { crowd: true };

test.each<[LoadOptions, string]>([
  [plain, 'chatstorm load broadcast --seed s'],
  [
    { ...plain, users: '5', rate: '10/s', listeners: '3', seed: 's' },
    'chatstorm load broadcast --users 5 --rate 10/s --listeners 3 --seed s',
  ],
  [{ crowd: false, quick: true }, 'chatstorm load broadcast --no-crowd --quick --seed s'],
  [
    { ...plain, target: 'https://me:secret@chat.invalid/x?token=t', iOwn: 'chat.invalid', dialect: 'my chat.yml' },
    'chatstorm load broadcast --target https://chat.invalid --dialect my chat.yml --i-own chat.invalid --seed s',
  ],
  [
    { ...plain, recovery: 'off', outage: '20s', persona: './mine.ts' },
    'chatstorm load broadcast --recovery off --outage 20s --persona ./mine.ts --seed s',
  ],
])('%o are repeated by %s', (options, words) => {
  expect(repeatWords('broadcast', options, 's').join(' ')).toBe(words);
});

test('what the command asks for is what was run, but for where it lies', async () => {
  const [first] = await requestsOf(['reconnect'], { ...plain, recovery: 'both', quick: true, rate: '3/s' }, 2);
  const again = await requestsOf([first!.command[2]!], optionsIn(first!.command.slice(3)), 1);
  expect(again).toEqual([{ ...first, id: expect.any(String), folder: expect.any(String) }]);
  expect(first!.scenario.server.stateRecovery).toBe(true);
});

/** As the command line reads them. */
function optionsIn(words: readonly string[]): LoadOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...words],
    options: { recovery: text, rate: text, seed: text, quick: { type: 'boolean' } },
  });
  return { ...plain, ...values };
}
