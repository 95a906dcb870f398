import { hash } from '../measure/token.ts';

/** A seeded source of numbers from 0 (inclusive) to 1 (exclusive): mulberry32, by Tommy Ettinger, public domain. */
export function randomOf(...seed: readonly (string | number)[]): () => number {
  let state = hash(seed.join('/'));
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of several. Throws nothing; the list must not be empty. */
export function pick<T>(list: readonly T[], random: () => number): T {
  return list[Math.floor(random() * list.length)]!;
}
