import type { Handshake } from '../../bots/chat-socket.ts';
import { cutsBySilence } from '../../faults/registry.ts';
import type { Scenario } from '../../scenarios/scenario.ts';

/** How long behind the heartbeat a silent fault still lasts, s: for all to notice. */
const MARGIN_S = 2;

/** The scenario with faults that are noticed by silence alone made so long that the server's heartbeat notices them. */
export function fitHeartbeat(scenario: Scenario, { pingIntervalMs, pingTimeoutMs }: Handshake): Scenario {
  const { workload } = scenario;
  if (workload.kind !== 'probes') return scenario;
  const least = Math.ceil((pingIntervalMs + pingTimeoutMs) / 1000) + MARGIN_S;
  const faults = workload.faults.map((fault) =>
    'links' in fault && fault.links.every(cutsBySilence) ? { ...fault, for: Math.max(fault.for, least) } : fault,
  );
  return { ...scenario, workload: { ...workload, faults } };
}
