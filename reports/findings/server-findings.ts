import type { FoldedRun } from '../../measure/run-record/run-record.ts';
import { bytes, ms } from '../wording/quantities.ts';
import type { Finds } from './finding.ts';

/** From where on a resource of the server has given out, and how that reads. The first of those in the same second counts. */
const limits: readonly { readonly gauge: string; readonly limit: number; readonly words: (value: number) => string }[] =
  [
    { gauge: 'cpu{role=server}', limit: 95, words: (value) => `CPU: ${value.toFixed(0)} % of a core` },
    { gauge: 'server.gcPause', limit: 300, words: (value) => `garbage collection: ${ms(value)} of a second` },
    { gauge: 'loopDelay{role=server}', limit: 200, words: (value) => `event loop: ${ms(value)} late` },
    { gauge: 'server.bufferedBytes', limit: 50e6, words: (value) => `memory: ${bytes(value)} queued for clients` },
  ];

/** What the server told of itself, where it was too slow. */
export const serverFinds = {
  'first-to-break': (run) => {
    const isTooSlow = run.verdict.thresholds.some((result) => result.outcome === 'fail' && result.unit === 'ms');
    const first = isTooSlow ? firstToBreak(run) : undefined;
    if (!first) return undefined;
    return {
      severity: 'warning',
      evidence: `The server's first resource to give out was its ${first.words}, from second ${first.second} on.`,
      remedy: 'Find out what it does then, or give it more nodes.',
    };
  },
} satisfies Finds;

function firstToBreak({ vitals, phases }: FoldedRun): { readonly second: number; readonly words: string } | undefined {
  const broken = limits.flatMap(({ gauge, limit, words }) =>
    vitals.flatMap(({ gauges }) => {
      const second = (gauges[gauge] ?? []).findIndex(
        (value, at) => at >= phases.warmup && value !== null && value >= limit,
      );
      return second < 0 ? [] : [{ second, words: words(gauges[gauge]![second]!) }];
    }),
  );
  return broken.sort((a, b) => a.second - b.second)[0];
}
