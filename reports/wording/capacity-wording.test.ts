import { describe, expect, test } from 'vitest';
import { compareRuns } from '../../measure/compare/compare-runs.ts';
import { search, searched } from '../../test/support/searches.ts';
import { capacityCaveat, capacitySentence, recoverySentence } from './capacity-wording.ts';
import { capacityChange } from './comparison-wording.ts';

describe('the answer of a search', () => {
  test('says what was carried and how sure that is, what was not, and what gave way', () => {
    expect(capacitySentence(searched())).toBe(
      "This server carried 1,800 users in rooms of 20 (95 % confident that 9 of 10 5-second windows hold p99 < 250ms and no loss); at 1,960 it did not: the server's event loop was saturated (up to 240 ms late) (losses).",
    );
  });

  test('is no more than the generator could tell', () => {
    const near = searched({ isAtLeast: true, ceiling: 2000 });
    expect(capacitySentence(near)).toContain('carried at least 1,800 users');
    expect(capacityCaveat(near)).toContain('reaches about 2,000 against a null target');
    expect(capacitySentence(searched({ isAtLeast: true, refuted: null, end: 'generator' }))).toContain(
      'more was not tried: the load generator was not healthy beyond it.',
    );
  });

  test('says where there is none', () => {
    expect(capacitySentence(searched({ confirmed: null, end: 'nothingHeld' }))).toContain(
      'did not even carry 1,960 users',
    );
    expect(capacitySentence(searched({ confirmed: null, refuted: null, end: 'generator' }))).toBe(
      'The load generator was not healthy: nothing is known of the server.',
    );
    expect(capacitySentence(searched({ end: 'unfinished' }))).toBe('The search has no answer so far.');
    expect(capacityCaveat(searched({ end: 'timeIsUp', confidence: 0.6 }))).toBe(
      'Time was up: 60 % sure instead of 95 %.',
    );
  });

  test('counts in what was searched for', () => {
    const of = (find: 'rate' | 'rooms') =>
      capacitySentence({
        ...searched(),
        search: { ...search, find, users: 200, roomSize: find === 'rooms' ? null : 20 },
      });
    expect(of('rate')).toContain('carried 1,800 messages/s of 200 users in rooms of 20');
    expect(of('rooms')).toContain('carried a room of 1,800 users');
  });

  test('tells what came after the overload', () => {
    expect(recoverySentence(searched())).toContain('at once');
    expect(recoverySentence(searched({ recoveryS: 15 }))).toContain('took 15 s');
    expect(recoverySentence(searched({ recovered: false }))).toContain('did not carry half of that again');
    expect(recoverySentence(searched({ recovered: null }))).toBeUndefined();
  });
});

describe('two searches', () => {
  const change = (confirmed: number, refuted: number) =>
    compareRuns([searched()], [{ ...searched({ confirmed, refuted }), id: 'run2' }]);

  test('are told apart by their intervals, with one run a side', () => {
    const fewer = change(1400, 1500);
    expect(fewer.rows[0]).toMatchObject({ metric: 'capacity.confirmed', word: 'worse', isHeadline: true });
    expect(capacityChange(fewer)).toBe('The new run carries 22 % fewer (17 % to 29 %).');
    expect(capacityChange(change(2400, 2600))).toBe('The new run carries 33 % more (22 % to 44 %).');
  });

  test('that overlap are no different', () => {
    const same = change(1900, 2000);
    expect(same.rows[0]).toMatchObject({ word: 'no difference' });
    expect(capacityChange(same)).toContain('carries as much as the base');
  });
});
