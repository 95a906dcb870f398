import { describe, expect, test } from 'vitest';
import { randomOf } from '../../base/random.ts';
import { fitCapacity } from './capacity-fit.ts';
import { type SearchPlan, type SearchStep, type SeenWindow, searchAfter } from './capacity-search.ts';

const plan: SearchPlan = {
  from: 40,
  most: 100_000,
  unit: 1,
  precision: 1.1,
  good: 0.9,
  confidence: 0.95,
  until: 200,
};

/** A target of which it is known by construction what it carries: whether a window at a level holds, after what it has seen. */
type Simulated = (step: SearchStep, before: readonly SeenWindow[]) => boolean | null;

function search(target: Simulated, changed: Partial<SearchPlan> = {}) {
  const windows: SeenWindow[] = [];
  for (;;) {
    const state = searchAfter({ ...plan, ...changed }, windows);
    if ('result' in state) return { ...state.result, seen: windows };
    // A window a second.
    windows.push({ ...state.next, held: target(state.next, windows), to: windows.length + 1 });
  }
}

/** Service takes a fixed time: what is more than it can do waits, and the queue gets longer. */
const queue =
  (capacity: number): Simulated =>
  ({ level }) =>
    level <= capacity;

/** A connection more than it takes brings it down for the window. */
const breaksAt =
  (most: number): Simulated =>
  ({ level }) =>
    level < most;

/** Each window costs a little of what it can do. */
const leaking =
  (capacity: number, perWindow: number): Simulated =>
  ({ level }, before) =>
    level <= capacity * (1 - perWindow * before.length);

/** Once it has been overloaded, it carries a quarter of what it did, until it was given a rest. */
const hysteresis = (capacity: number): Simulated => {
  let isStuck = false;
  return ({ level }) => {
    if (level > capacity) isStuck = true;
    else if (level < capacity / 4) isStuck = false;
    return !isStuck && level <= capacity;
  };
};

/** The share of windows that hold falls around its limit, where it is `good`. */
const noisy =
  (capacity: number, steepness: number, random: () => number): Simulated =>
  ({ level }) => {
    const odds = Math.log(0.9 / 0.1) + steepness * Math.log(capacity / level);
    return random() < 1 / (1 + Math.exp(-odds));
  };

const seeds = Array.from({ length: 10 }, (_, seed) => seed);

/** In how many of ten seeded searches the interval held the truth. */
function hits(of: (capacity: number, random: () => number) => Simulated, truthOf = (capacity: number) => capacity) {
  return seeds.filter((seed) => {
    const random = randomOf('capacity', 'search', seed);
    const capacity = Math.round(100 + random() * 5000);
    const { confirmed, refuted } = search(of(capacity, random));
    const truth = truthOf(capacity);
    return confirmed !== null && refuted !== null && confirmed <= truth && truth <= refuted;
  }).length;
}

describe('a search finds what is known by construction', () => {
  test('a queue with a fixed service time', () => {
    expect(hits(queue)).toBe(10);
  });

  test('a server that breaks at a number of connections', () => {
    expect(hits(breaksAt)).toBe(10);
  });

  test('one that slows down with time: what it carries in the end', () => {
    const perWindow = 0.001;
    const found = seeds.filter((seed) => {
      const capacity = Math.round(100 + randomOf('leak', 'search', seed)() * 5000);
      const { confirmed, refuted, seen } = search(leaking(capacity, perWindow));
      const atEnd = capacity * (1 - perWindow * seen.length);
      return confirmed !== null && refuted !== null && confirmed <= capacity && refuted >= atEnd;
    });
    expect(found.length).toBeGreaterThanOrEqual(9);
  });

  test('one whose limit is noisy, in at least nine of ten', () => {
    expect(hits((capacity, random) => noisy(capacity, 40, random))).toBeGreaterThanOrEqual(9);
  });
});

test('the two levels are no further apart than was asked for', () => {
  for (const precision of [1.05, 1.1, 1.3]) {
    const { confirmed, refuted } = search(queue(1234), { precision });
    expect(refuted! / confirmed!).toBeLessThanOrEqual(precision);
  }
});

test('a confirmation takes as many windows as its confidence wants, and one that fails takes more of them', () => {
  expect(search(queue(1000)).windows).toEqual({ seen: 29, held: 29 });
  let failed = false;
  const once: Simulated = (step) => {
    if (step.stage !== 'confirm' || failed) return step.level <= 1000;
    failed = true;
    return false;
  };
  expect(search(once).windows).toEqual({ seen: 46, held: 45 });
  expect(search(queue(1000), { good: 0.8, confidence: 0.8 }).windows.seen).toBe(8);
});

test('a target that stays stuck after an overload is told apart from one that recovers', () => {
  expect(search(queue(1000)).recovered).toBe(true);
  // Half of its capacity is too much for it to recover.
  let isStuck = false;
  const stuck: Simulated = ({ stage, level }) => {
    if (stage === 'overload') isStuck = true;
    return !isStuck && level <= 1000;
  };
  expect(search(stuck).recovered).toBe(false);
});

test('one with hysteresis rests until it is itself again, and what it carries then is found', () => {
  for (const seed of seeds) {
    const capacity = Math.round(400 + randomOf('hysteresis', 'search', seed)() * 5000);
    const { confirmed, refuted } = search(hysteresis(capacity));
    expect(confirmed).toBeLessThanOrEqual(capacity);
    expect(refuted).toBeGreaterThan(capacity);
  }
});

test('windows in which the generator was not healthy say nothing of the target', () => {
  const bound: Simulated = ({ level }) => (level > 500 ? null : true);
  expect(search(bound)).toMatchObject({
    end: 'generator',
    confirmed: 320,
    refuted: null,
    windows: { seen: 29, held: 29 },
  });
  // Where it is not even healthy at what has held, less is confirmed.
  const tired: Simulated = ({ stage, level }) => (level > (stage === 'confirm' ? 300 : 500) ? null : true);
  expect(search(tired)).toMatchObject({ end: 'generator', confirmed: 291, isGeneratorBound: true });
  expect(search(() => null)).toMatchObject({ end: 'generator', confirmed: null, refuted: null });
  // One among others is passed over.
  let n = 0;
  const hiccup: Simulated = ({ level }) => (n++ % 7 === 3 ? null : level <= 1000);
  const { confirmed, refuted } = search(hiccup);
  expect(confirmed).toBeLessThanOrEqual(1000);
  expect(refuted).toBeGreaterThan(1000);
});

test('a target that carries nothing, and one that carries all there is', () => {
  expect(search(() => false)).toMatchObject({ end: 'nothingHeld', confirmed: null, refuted: 1 });
  expect(search(() => true, { most: 500 })).toMatchObject({ end: 'most', confirmed: 500, refuted: null });
});

test('when time is up, what has held stands with the confidence that was reached', () => {
  const { end, confirmed, confidence } = search(queue(1000), { until: 30 });
  expect(end).toBe('timeIsUp');
  expect(confirmed).toBeLessThanOrEqual(1000);
  expect(confidence).toBeLessThan(0.95);
});

test('the same windows come to the same, and those of other levels are passed over', () => {
  const { seen, ...result } = search(queue(777));
  const stray = { stage: 'bisect', level: 3, held: false, to: 1 } as const;
  expect(
    searchAfter(
      plan,
      seen.flatMap((window) => [stray, window]),
    ),
  ).toEqual({ result });
});

test('the fit lies between what held and what did not', () => {
  const { seen, confirmed, refuted } = search(queue(1000));
  const fit = fitCapacity(seen, 0.9)!;
  expect(fit.low).toBeLessThan(fit.high);
  expect(fit.estimate).toBeGreaterThan(confirmed! * 0.8);
  expect(fit.estimate).toBeLessThan(refuted! * 1.1);
  expect(fitCapacity([{ stage: 'double', level: 1, held: true, to: 1 }], 0.9)).toBeUndefined();
});
