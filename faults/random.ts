/** A number from 0 (inclusive) to 1 (exclusive) that depends on nothing but the parts: FNV-1a, finished as murmur3 does. */
export function drawOf(...parts: readonly (string | number)[]): number {
  return hashOf(parts.join('/')) / 2 ** 32;
}

/** A source of numbers from 0 (inclusive) to 1 (exclusive), the same for the same parts (mulberry32). */
export function randomOf(...parts: readonly (string | number)[]): () => number {
  let state = hashOf(parts.join('/'));
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
