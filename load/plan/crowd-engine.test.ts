import { cpus } from 'node:os';
import { expect, test } from 'vitest';
import { chooseEngine } from './crowd-engine.ts';

const cores = cpus().length;
const small = { users: 200 * cores, deliveriesPerSecond: 5000 * cores };
const limits = { ...small, cores };

test.each([
  ['what fits', undefined, 'socketio-v3', small, { name: 'socketio-v3', chosenBy: 'scenario', limits: null }],
  [
    'too many users',
    undefined,
    'socketio-v3',
    { ...small, users: small.users + 1 },
    { name: 'chatstorm', chosenBy: 'load', limits },
  ],
  [
    ...(['too many deliveries', undefined, 'socketio-v3'] as const),
    { ...small, deliveriesPerSecond: small.deliveriesPerSecond + 1 },
    { name: 'chatstorm', chosenBy: 'load', limits },
  ],
  [
    'what was asked for',
    'socketio-v3',
    'chatstorm',
    { ...small, users: 100_000 },
    { name: 'socketio-v3', chosenBy: 'option', limits: null },
  ],
  ['what the scenario names', undefined, 'chatstorm', small, { name: 'chatstorm', chosenBy: 'scenario', limits: null }],
] as const)('%s', (_what, asked, written, size, chosen) => {
  expect(chooseEngine(asked, written, size)).toEqual(chosen);
});
