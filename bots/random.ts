import { seeded } from '../measure/seeded.ts';

/** A seeded source of numbers from 0 (inclusive) to 1 (exclusive), of its own for each seed and purpose. */
export function randomOf(...seed: readonly (string | number)[]): () => number {
  return seeded(seed.join('/'));
}

/** One of several; the list must not be empty. */
export function pick<T>(list: readonly T[], random: () => number): T {
  return list[Math.floor(random() * list.length)]!;
}
