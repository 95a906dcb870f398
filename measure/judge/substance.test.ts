import { describe, expect, test } from 'vitest';
import { baselineBreaches, participationBreaches, untestedFaults } from './substance.ts';

const none = new Map<string, number>();

describe('who took part', () => {
  test.each([
    ['crowd', 100, 99],
    ['crowd', 0, 0],
    ['probes', 24, 24],
  ] as const)('%s: of %i, %i are enough', (role, asked, tookPart) => {
    expect(participationBreaches([{ role, asked, tookPart, absent: none }])).toEqual([]);
  });

  test.each([
    ['crowd', 100, 98],
    ['probes', 24, 23],
  ] as const)('%s: of %i, %i are too few', (role, asked, tookPart) => {
    const [breach] = participationBreaches([{ role, asked, tookPart, absent: none }]);
    const reasons = [{ reason: 'connect: no answer', clients: asked - tookPart }];
    expect(breach).toEqual({ gate: 'participation', role, asked, tookPart, reasons });
  });

  test('the most frequent reasons come first, three of them', () => {
    const absent = new Map([
      ['a', 1],
      ['b', 70],
      ['c', 5],
      ['d', 2],
    ]);
    const [breach] = participationBreaches([{ role: 'crowd', asked: 100, tookPart: 22, absent }]);
    expect(breach).toMatchObject({
      reasons: [
        { reason: 'b', clients: 70 },
        { reason: 'c', clients: 5 },
        { reason: 'd', clients: 2 },
      ],
    });
  });
});

describe('what was delivered while nothing went wrong on purpose', () => {
  const fine = { room: 'a', expected: 100, arrived: 99, unknown: 1, isListening: false };

  test('is enough where something arrived in every room', () => {
    expect(baselineBreaches([fine, { ...fine, room: 'b' }])).toEqual([]);
    const none = { room: null, expected: 0, arrived: 0, unknown: 0 };
    expect(baselineBreaches([{ ...none, isListening: false }])).toEqual([]);
    expect(baselineBreaches([{ ...none, isListening: true }])).toHaveLength(1);
  });

  test('is nothing in a room', () => {
    const silent = { room: 'b', expected: 50, arrived: 0, unknown: 50, isListening: false };
    expect(baselineBreaches([fine, silent])).toEqual([{ gate: 'undelivered', rooms: ['b'], expected: 50 }]);
    expect(baselineBreaches([{ ...silent, room: null }])).toEqual([{ gate: 'undelivered', rooms: [], expected: 50 }]);
  });

  test('is unknown to too large a share', () => {
    expect(baselineBreaches([{ ...fine, unknown: 2 }])).toEqual([{ gate: 'unconfirmed', unknown: 2, expected: 100 }]);
  });
});

test.each([
  ['one that is to cut, and did', { cuts: true, clients: 8, disconnected: 1 }, []],
  ['one that is to cut, and cut no one', { cuts: true, clients: 8, disconnected: 0 }, ['a']],
  ['one that only slows down', { cuts: false, clients: 8, disconnected: 0 }, []],
  ['one that came while no one was connected', { cuts: false, clients: 0, disconnected: 0 }, ['a']],
])('a fault is tested or not: %s', (_, fault, untested) => {
  expect(untestedFaults([{ fault: 'a', ...fault }])).toEqual(untested);
});
