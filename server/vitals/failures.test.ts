import { expect, test } from 'vitest';
import { describeFailure, Failures } from './failures.ts';

test('a failure is logged at once, then once a minute with how often it happened meanwhile', () => {
  const lines: string[] = [];
  const failures = new Failures((line) => lines.push(line.split('\n')[0]!));
  for (const at of [0, 1000, 59_999, 60_000, 60_001]) failures.report('join', new Error('no'), at);
  failures.report('leave', 'odd', 60_002);
  expect(lines).toEqual([
    'Failed to handle `join`: Error: no',
    'Failed to handle `join`, and 2 times since the last line: Error: no',
    'Failed to handle `leave`: odd',
  ]);
});

test('failures are counted by what was done and by reason, and the reasons are bounded', () => {
  const failures = new Failures(() => {});
  expect(failures.attempt('join', () => {})).toBe(true);
  const thrown = [new TypeError('no'), new TypeError('no'), Object.assign(new Error('no'), { code: 'EMFILE' }), 'odd'];
  for (const error of thrown) {
    const work = () => {
      throw error;
    };
    expect(failures.attempt('join', work)).toBe(false);
  }
  expect(failures.counts()).toEqual({ join: { TypeError: 2, EMFILE: 1, string: 1 } });
  for (let at = 0; at < 100; at += 1) failures.report('leave', Object.assign(new Error(), { code: `E${at}` }), at);
  expect(Object.keys(failures.counts().leave!)).toHaveLength(33);
  expect(failures.counts().leave!.OTHER).toBe(68);
});

test.each([
  ['control characters', '\u001b[2Jgone', '\ufffd[2Jgone'],
  ['an object without a prototype', Object.create(null), 'object'],
  ['a megabyte', 'x'.repeat(1_000_000), 'x'.repeat(4000)],
])('%s may be thrown', (_what, thrown, said) => {
  expect(describeFailure(thrown)).toBe(said);
});
