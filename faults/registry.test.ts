import { expect, test } from 'vitest';
import { faultKinds, parseFault } from './registry.ts';

test('what is left out has a default', () => {
  expect(parseFault({ kind: 'latency', delay: 200 })).toEqual({
    kind: 'latency',
    delay: 200,
    jitter: 0,
    direction: 'both',
    touches: 'all',
    probability: 1,
  });
  expect(parseFault({ kind: 'upgrade-refused' })).toEqual({
    kind: 'upgrade-refused',
    status: 403,
    touches: 'all',
    probability: 1,
  });
});

test.each([
  [
    { kind: 'latency' },
    'Expected `latency.delay` to be a number of ms from 0 to 3600000, or a time such as 250ms or 2s, got nothing.',
  ],
  [
    { kind: 'latency', delay: -5 },
    'Expected `latency.delay` to be a number of ms from 0 to 3600000, or a time such as 250ms or 2s, got `-5`.',
  ],
  [
    { kind: 'bandwidth', rate: 'fast' },
    'Expected `bandwidth.rate` to be a whole number of bytes per second, at least 1, got `fast`.',
  ],
  [{ kind: 'slicer', size: 1.5 }, 'Expected `slicer.size` to be a whole number of bytes, at least 1, got `1.5`.'],
  [{ kind: 'close', direction: 'left' }, 'Expected `close.direction` to be up, down or both, got `left`.'],
  [{ kind: 'reset', probability: 2 }, 'Expected `reset.probability` to be a share from 0 to 1, got `2`.'],
  [{ kind: 'upgrade-refused', status: 200 }, 'Expected `upgrade-refused.status` to be 400, 403 or 502, got `200`.'],
  [{ kind: 'websocket-cut' }, 'Expected `websocket-cut.when` to be first-frame or idle, got nothing.'],
  [{ kind: 'blackhole', delay: 1 }, 'Unknown key `delay` in `blackhole`.'],
  [
    { kind: 'buffered', most: 3e6 },
    'Expected `buffered.most` to be a whole number of bytes, from 1 to 2097152, got `3000000`.',
  ],
  [{ kind: 'fire' }, `Expected a fault's \`kind\` to be one of ${faultKinds.join(', ')}, got "fire".`],
  [null, `Expected a fault's \`kind\` to be one of ${faultKinds.join(', ')}, got null.`],
])('%j is told in a sentence', (input, message) => {
  expect(() => parseFault(input)).toThrow(expect.objectContaining({ code: 'FAULT', message }));
});

test('every problem is told', () => {
  const parse = () => parseFault({ kind: 'limit', bytes: 0, ending: 'boom' });
  expect(parse).toThrow(/`limit.bytes`.*\n.*`limit.ending` to be fin or rst, got `boom`/);
});
