import { describe, expect, test } from 'vitest';
import { metricKey, parseMetricKey, rollUps } from './metric-key.ts';

describe('a metric key', () => {
  test.each([
    ['delivery.lost', 'delivery.lost', {}],
    ['delivery.gap{by=crowd,cause=live}', 'delivery.gap', { cause: 'live', by: 'crowd' }],
    ['disconnects{reason=transport close}', 'disconnects', { reason: 'transport close' }],
  ] as const)('%s is spelled and read', (key, name, labels) => {
    expect(metricKey(name, labels)).toBe(key);
    expect(parseMetricKey(key)).toEqual({ name, labels });
  });

  test('keeps what has a meaning in keys, and what is too long, out of its values', () => {
    const key = metricKey('errors', { reason: `a{b}=c,d\n${'x'.repeat(500)}` });
    expect(key).toMatch(/^errors\{reason=a_b__c_d_x+\}$/);
    expect(key.length).toBeLessThan(150);
    expect(parseMetricKey(key)?.labels.reason).toMatch(/^a_b__c_d_x/);
  });

  test.each(['', 'a b', 'a{', 'a{}', 'a{colour=red}', 'a{by}', 'a{by=}', 'a{by=x=y}', 'a.'])('%j is none', (text) => {
    expect(parseMetricKey(text)).toBeUndefined();
  });
});

test('a count belongs to its key, to those with some of its labels, and to the bare name; the crowd keeps its own', () => {
  expect(rollUps('delivery.lost')).toEqual(['delivery.lost']);
  expect(rollUps('delivery.lost{order=a,network=b}')).toEqual([
    'delivery.lost{order=a,network=b}',
    'delivery.lost{order=a}',
    'delivery.lost{network=b}',
    'delivery.lost',
  ]);
  expect(rollUps('errors{by=crowd,reason=x}')).toEqual(['errors{by=crowd,reason=x}', 'errors{by=crowd}']);
  expect(rollUps('no key at all')).toEqual([]);
});
