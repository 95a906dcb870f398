import { expect, test } from 'vitest';
import { fitScalability } from './scalability-law.ts';

const loads = [10, 50, 100, 200, 400, 800];

function points(sigma: number, kappa: number) {
  return loads.map((load) => ({ load, perSecond: (5 * load) / (1 + sigma * (load - 1) + kappa * load * (load - 1)) }));
}

test.each([
  [0, 0],
  [0.01, 0],
  [0, 1e-6],
  [0.005, 2e-6],
])('contention %d and coherency %d are found again', (sigma, kappa) => {
  const law = fitScalability(points(sigma, kappa))!;
  expect(law.lambda).toBeCloseTo(5, 6);
  expect(law.sigma).toBeCloseTo(sigma, 6);
  expect(law.kappa).toBeCloseTo(kappa, 9);
});

test('what is no better than proportional is said to have no contention', () => {
  const better = loads.map((load) => ({ load, perSecond: load ** 1.1 }));
  expect(fitScalability(better)).toMatchObject({ sigma: 0, kappa: 0 });
});

test('too few loads say nothing', () => {
  expect(fitScalability(points(0.1, 0).slice(0, 3))).toBeUndefined();
});
