import { capacityCaveat, limitSentence, recoverySentence } from '../wording/capacity-wording.ts';
import type { Finds } from './finding.ts';

/** What follows from a search for a capacity. */
export const capacityFinds = {
  'capacity-limit': (run) => {
    const { capacity } = run;
    if (!capacity || capacity.refuted === null || capacity.confirmed === null) return undefined;
    const { resource } = capacity.gaveWay ?? { resource: 'unknown' };
    return { severity: 'info', evidence: limitSentence(run), remedy: remedies[resource] };
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

const moreNodes =
  'One process uses one core: add nodes behind a sticky balancer, with an adapter between them, and search again with --nodes.';
const remedies = {
  descriptors: 'Raise the limit of descriptors of the server (ulimit -n, or LimitNOFILE of systemd).',
  redis:
    'One Redis uses one core: use sharded pub/sub, or put rooms that need not hear each other on clusters of their own.',
  memory:
    'Give the server more heap (--max-old-space-size), and send less to each client: what waits for slow ones is kept.',
  cpu: moreNodes,
  loop: moreNodes,
  unknown: 'Look at the levels: what broke first is what to look into.',
} as const;
