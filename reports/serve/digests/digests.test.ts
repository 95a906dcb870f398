import { expect, test } from 'vitest';
import type { RunRecord } from '../../../measure/run-record/run-record.ts';
import type { RunState } from '../../../measure/run-record/run-state.ts';
import { plan } from '../../../test/support/plan.ts';
import { endings, recordOf } from '../../../test/support/records.ts';
import type { RunStore, StoredRun } from '../run-store.ts';
import { Digests, previousTo } from './digests.ts';

/** A store of runs that counts how often each record is read. */
function storeOf(runs: Readonly<Record<string, RunRecord | RunState>>) {
  const reads: string[] = [];
  const stored = Object.entries(runs).map(([name, run]): StoredRun => {
    if (!('verdict' in run)) return { name, run, seconds: 2.7 };
    const record = () => {
      reads.push(name);
      return run;
    };
    return { name, run: { state: 'finished', stamp: '1', record } };
  });
  const store: RunStore = {
    names: () => Object.keys(runs),
    stateOf: (name) => stored.find((one) => one.name === name)!.run,
    all: () => stored,
    sessions: () => [],
    rebuildOf: () => '',
    follow: () => ({ read: () => [], isBehind: false }),
  };
  return { store, reads };
}

test('each record is read once, and those for which there is no time are left for later, but one', () => {
  const { store, reads } = storeOf({ a: recordOf(), b: recordOf(), c: recordOf() });
  const digests = new Digests(store);
  expect(digests.all(-1).map(({ name, state }) => `${name} ${state}`)).toEqual(['c finished', 'b unread', 'a unread']);
  expect(digests.all(-1).map(({ state }) => state)).toEqual(['finished', 'finished', 'unread']);
  expect(digests.all().map(({ state }) => state)).toEqual(['finished', 'finished', 'finished']);
  expect(digests.all().length).toBe(3);
  expect(reads).toEqual(['c', 'b', 'a']);
});

test('what is damaged, pending or running is told as that', () => {
  const torn = {
    state: 'finished',
    stamp: '',
    record: () => {
      throw new Error('It is torn.');
    },
  } as const;
  const { store } = storeOf({ torn, soon: { state: 'pending' }, going: { state: 'running', plan } });
  expect(new Digests(store).all()).toMatchObject([
    { name: 'going', state: 'running', second: 2, seconds: 4, probes: 2 },
    { name: 'soon', state: 'pending' },
    { name: 'torn', state: 'unreadable', why: 'It is torn.' },
  ]);
});

test('texts of a run are kept short', () => {
  const { store } = storeOf({ a: recordOf({ id: 'x'.repeat(1e6), labels: Array(1e5).fill('y'.repeat(500)) }) });
  expect(JSON.stringify(new Digests(store).all()).length).toBeLessThan(4000);
});

test('the run before one is the last sound one that is like it', () => {
  const started = (hour: number) => ({ startedAt: `2026-01-01T0${hour}:00:00.000Z` });
  const { store } = storeOf({
    newest: recordOf(started(6)),
    invalid: { ...endings.invalid!, ...started(5) },
    interrupted: { ...endings.interrupted!, ...started(4) },
    longer: recordOf({ ...started(3), phases: { warmup: 1, measure: 60, drain: 1 } }),
    like: recordOf(started(2)),
    oldest: recordOf(started(1)),
  });
  const all = new Digests(store).all();
  expect(previousTo('newest', all)?.name).toBe('like');
  expect(previousTo('like', all)?.name).toBe('oldest');
  expect(previousTo('oldest', all)).toBeUndefined();
  expect(previousTo('nowhere', all)).toBeUndefined();
});
