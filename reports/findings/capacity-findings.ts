import { capacityCaveat, limitSentence, recoverySentence } from '../wording/capacity-wording.ts';
import type { Finds } from './finding.ts';

/** What follows from a search for a capacity. */
export const capacityFinds = {
  'capacity-limit': (run) => {
    const { capacity } = run;
    if (!capacity || capacity.refuted === null || capacity.confirmed === null) return undefined;
    const remedy =
      capacity.gaveWay === null
        ? 'Look at the levels: what broke first is what to look into.'
        : 'One process uses one core: add nodes behind a sticky balancer, with an adapter between them, and search again with --nodes.';
    return { severity: 'info', evidence: limitSentence(run), remedy };
  },

  'does-not-recover': (run) => {
    if (run.capacity?.recovered !== false) return undefined;
    return {
      severity: 'critical',
      evidence: recoverySentence(run)!,
      remedy:
        'Keep what waits bounded: limit what is buffered for each client, refuse new connections before the process is saturated, and let clients come back with jitter.',
    };
  },

  'generator-limit': (run) => {
    if (!run.capacity?.isAtLeast || run.capacity.end === 'most') return undefined;
    return {
      severity: 'warning',
      evidence:
        capacityCaveat(run) ||
        'The load generator was not healthy beyond what was confirmed: the server may carry more.',
      remedy: 'Run chatstorm on a machine of its own, with more cores than the server.',
    };
  },
} satisfies Finds;
