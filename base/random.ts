import { hash } from './hash.ts';

type Seed = readonly (string | number)[];

/** A seeded source of numbers from 0 (inclusive) to 1 (exclusive), the same for the same parts: mulberry32 by Tommy Ettinger, public domain. */
export function randomOf(...seed: Seed): () => number {
  let state = hash(seed.join('/'));
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A number from 0 (inclusive) to 1 (exclusive) that depends on nothing but the parts: a hash, finished as murmur3 does. */
export function drawOf(...parts: Seed): number {
  let mixed = hash(parts.join('/'));
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}

/** One of several; the list must not be empty. */
export function pick<T>(list: readonly T[], random: () => number): T {
  return list[Math.floor(random() * list.length)]!;
}
