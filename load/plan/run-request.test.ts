import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse, stringify } from 'yaml';
import type { LoadOptions } from './load-options.ts';
import { planRun } from './run-plan.ts';
import { requestsOf } from './run-request.ts';

const target = 'http://127.0.0.1:3000';
const shipped = parse(readFileSync(new URL('../../scenarios/reconnect.yml', import.meta.url), 'utf8'));

/** The reconnect scenario with some of its own half changed, as asked for with options. */
async function requestOf(change: object, options: Partial<LoadOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'chatstorm-request-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'mine.yml');
  writeFileSync(file, stringify({ ...shipped, chatstorm: { ...shipped.chatstorm, ...change } }));
  return (await requestsOf([file], { crowd: true, ...options }, 1))[0]!;
}

const spelledOut = {
  send: { emit: 'say', args: ['{text}'], ack: true },
  hear: { event: 'said', text: '0' },
};

test.each([
  ['named in the scenario: plain, since the target is not the reference chat', { dialect: 'rooms' }, 'plain'],
  ['spelled out in the scenario: that one', { dialect: spelledOut }, 'own'],
])('with --target the dialect is, where it is %s', async (_, change, name) => {
  const { scenario } = await requestOf(change, { target });
  expect(scenario.dialectSource.name).toBe(name);
  expect(scenario.dialect.send).toMatchObject({ emit: name === 'own' ? 'say' : 'chat message' });
});

test.each(['reconnect.back{fault=kill} == 1', 'reconnect.back{network=everyone, fault=kill} == 1'])(
  'with --target, %s is left out: a foreign server is not killed',
  async (threshold) => {
    const change = { thresholds: ['delivery.lost == 0', threshold] };
    const withTarget = planRun(await requestOf(change, { target }), { origin: target }, '2026-01-31T12:00:00.000Z');
    expect(withTarget.scenario.thresholds).toEqual(['delivery.lost == 0']);
    const embedded = planRun(await requestOf(change), {}, '2026-01-31T12:00:00.000Z');
    expect(embedded.scenario.thresholds).toHaveLength(2);
  },
);

test.each([
  [[{ arrivalCount: 7 }], 7],
  [[{ duration: 10, arrivalRate: 3 }], 30],
  [
    [
      { duration: '10s', arrivalRate: 3 },
      { duration: '1m', arrivalRate: 0.5 },
    ],
    60,
  ],
])('the phases %j bring %i users', async (phases, users) => {
  const folder = mkdtempSync(join(tmpdir(), 'chatstorm-phases-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'phases.yml');
  writeFileSync(file, stringify({ ...shipped, config: { ...shipped.config, phases } }));
  expect((await requestsOf([file], { crowd: true }, 1))[0]!.users).toBe(users);
});
