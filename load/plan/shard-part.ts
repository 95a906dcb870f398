import { hash } from '../../base/hash.ts';

/** One of the parts that a load is split into, from 1: each is made by a machine of its own. */
export interface ShardPart {
  readonly number: number;
  readonly of: number;
}

/** How much of something a part has, and how much the parts before it have together: parts differ by one at most. */
export function shareOf(whole: number, { number, of }: ShardPart): { readonly share: number; readonly before: number } {
  const at = (parts: number) => Math.floor((whole * parts) / of);
  return { share: at(number) - at(number - 1), before: at(number - 1) };
}

/** All parts of a load. */
export function partsOf(count: number): ShardPart[] {
  return Array.from({ length: count }, (_, i) => ({ number: i + 1, of: count }));
}

/** What a part's tokens are marked with: what is heard of another part is told from what belongs to no part. */
export function runMarkOf(runId: string, number: number): number {
  return hash(number === 0 ? runId : `${runId}/${number}`);
}

export const wholeLoad: ShardPart = { number: 1, of: 1 };
