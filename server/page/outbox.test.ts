import { expect, test } from 'vitest';
import { Outbox } from './outbox.ts';

test('one message per room is on its way at a time, in order', () => {
  const outbox = new Outbox();
  const [a, b] = [outbox.add('tea', 'a'), outbox.add('tea', 'b')];
  const c = outbox.add('coffee', 'c');
  expect(outbox.next('tea')).toBe(a);
  a.state = 'sending';
  expect(outbox.next('tea')).toBeUndefined();
  expect(outbox.next('coffee')).toBe(c);
  outbox.settle(a);
  expect(outbox.next('tea')).toBe(b);
});

test('what was on its way when the link ended waits again, before what came later', () => {
  const outbox = new Outbox();
  const [a] = [outbox.add('tea', 'a'), outbox.add('tea', 'b')];
  a.state = 'sending';
  outbox.hold();
  expect(outbox.next('tea')).toBe(a);
  expect(a.tried).toBe(true);
});

test('a history that has it settles what was tried, and nothing else', () => {
  const outbox = new Outbox();
  const [a, b] = [outbox.add('tea', 'same'), outbox.add('tea', 'same')];
  a.state = 'sending';
  outbox.hold();
  outbox.settleTried('tea', ['same']);
  expect(outbox.in('tea')).toEqual([b]);
  outbox.settleTried('tea', ['same']);
  expect(outbox.in('tea')).toEqual([b]);
});

test('an echo settles the message on its way only', () => {
  const outbox = new Outbox();
  const a = outbox.add('tea', 'a');
  expect(outbox.settleEcho('tea', 'a')).toBe(false);
  a.state = 'sending';
  expect(outbox.settleEcho('tea', 'b')).toBe(false);
  expect(outbox.settleEcho('coffee', 'a')).toBe(false);
  expect(outbox.settleEcho('tea', 'a')).toBe(true);
  expect(outbox.in('tea')).toEqual([]);
});

test('what was refused for good stays to be seen and holds nothing up', () => {
  const outbox = new Outbox();
  const [a, b] = [outbox.add('tea', 'a'), outbox.add('tea', 'b')];
  a.state = 'failed';
  expect(outbox.next('tea')).toBe(b);
  outbox.drop('tea');
  expect(outbox.in('tea')).toEqual([]);
});
