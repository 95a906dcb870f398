import { UsageError } from '../../base/errors.ts';
import { openDoor } from '../../doctor/door.ts';
import { fitHeartbeat } from '../plan/fit-heartbeat.ts';
import { embeddedHandshake, type FoundTarget } from '../plan/run-plan.ts';
import { type RunRequest, secretsOf } from '../plan/run-request.ts';

/** A run, and what is known of its target. */
export interface PreparedRun {
  readonly request: RunRequest;
  readonly found: FoundTarget;
}

/** Connects to the target of a run once, and fits the run to its heartbeat where that is wanted. Rejects with a UsageError that says why nobody gets in. */
export async function prepareRun(request: RunRequest): Promise<PreparedRun> {
  const found = await findTarget(request);
  const handshake = found.handshake ?? (request.target ? undefined : embeddedHandshake(request.scenario.server));
  if (!request.fitsHeartbeat || !handshake) return { request, found };
  return { request: { ...request, scenario: fitHeartbeat(request.scenario, handshake) }, found };
}

/** Nothing is found out of the embedded target. */
async function findTarget(request: RunRequest): Promise<FoundTarget> {
  const { target, scenario } = request;
  if (!target) return {};
  const { dialect } = scenario;
  const door = await openDoor({ target, dialect, secrets: secretsOf(request) });
  if (door.isOpen) return { origin: target.origin, handshake: door.handshake };
  const address = `${target.origin}${dialect.namespace}`;
  const { seen, remedy } = door.diagnosis;
  const message = `Cannot connect to ${address}. ${seen} ${remedy ?? ''}`.trim();
  throw new UsageError('TARGET_UNREACHABLE', message, address);
}
