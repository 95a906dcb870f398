import { Identities } from '../bots/identity/identities.ts';
import { checkLatency } from './checks/check-latency.ts';
import { checkOrigin } from './checks/check-origin.ts';
import { checkSession } from './checks/check-session.ts';
import { checkStickiness } from './checks/check-stickiness.ts';
import { checkThisMachine } from './checks/check-this-machine.ts';
import { checkTransports } from './checks/check-transports.ts';
import type { Diagnosis, Patient } from './diagnosis.ts';
import { openDoor } from './door.ts';

/** What was found out about a target. */
export interface Examination {
  readonly diagnoses: readonly Diagnosis[];
  /** Whether a connection can be made, with what was found out on the way. */
  readonly isOpen: boolean;
  /** The target with what was found out about how to reach it. */
  readonly patient: Patient;
}

/** So often what was found out may lead to the next door. */
const MOST_DOORS = 4;

/** Examines a target and this machine; `told` is called with each finding as it is made. Rejects with a UsageError where what the dialect names cannot be read. */
export async function examine(patient: Patient, told: (diagnosis: Diagnosis) => void): Promise<Examination> {
  const diagnoses: Diagnosis[] = [];
  let current = patient;
  const add = (found: readonly Diagnosis[]) => {
    for (const diagnosis of found) {
      diagnoses.push(diagnosis);
      told(diagnosis);
      current = { ...current, dialect: { ...current.dialect, ...(diagnosis.dialect as object) } };
    }
  };
  add(await checkOriginFirst(current));
  let door = await openDoor(current);
  for (let i = 0; i < MOST_DOORS && !door.isOpen; i++) {
    add([door.diagnosis]);
    const more = door.diagnosis.id === 'session-lost' ? await checkStickiness(current) : [];
    add(more);
    if (![door.diagnosis, ...more].some((one) => one.dialect)) break;
    door = await openDoor(current);
  }
  if (door.isOpen) {
    const identities = await Identities.open(current.dialect, current.target);
    current = { ...current, identity: await identities.of(0) };
    for (const check of [checkTransports, checkStickiness, checkOrigin, checkSession, checkLatency]) {
      const known = new Set(diagnoses.map(({ id }) => id));
      add((await check(current)).filter(({ id }) => !known.has(id)));
    }
  }
  add(checkThisMachine());
  return { diagnoses, isOpen: door.isOpen, patient: current };
}

/** A server that wants an Origin lets nobody in without: that is found out first. */
async function checkOriginFirst(patient: Patient): Promise<Diagnosis[]> {
  return (await checkOrigin(patient)).filter(({ id }) => id === 'origin-wanted');
}
