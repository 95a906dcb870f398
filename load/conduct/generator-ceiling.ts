import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { hostNow } from '../../bots/clock.ts';
import { rooms as dialect } from '../../bots/dialect/built-in.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { CrowdOrder, ToCrowd } from '../children/messages.ts';
import { FolderTail } from '../folder/folder-tail.ts';
import { writeStart } from '../folder/run-folder.ts';
import { artilleryProcess } from './artillery-process.ts';
import type { Processes } from './processes.ts';

/** A crowd in rooms of so many, each of whom sends so many messages a second. */
const ROOM = 20;
const USER_RATE = 1;
const FIRST_USERS = 400;
/** How long each size is looked at, and all of them at most, s. */
const STEP_S = 2;
const LONGEST_S = 16;
/** A crowd that is as busy tells what it could do, once its code has been compiled. */
const BUSY = 0.5;
const WARM_STEPS = 3;
/** Busier than this it would deliver late. */
const LIMIT = 0.95;

/**
 * What the crowd could take of deliveries a second if the target were no limit: measured against a null target, with a crowd that
 * grows until it is half busy, and is looked at for some seconds more. Rejects with a StartError.
 */
export async function measureCeiling(
  processes: Processes,
  given: Omit<CrowdOrder, 'engineFile'>,
  scenario: Scenario,
  nullTarget: string,
): Promise<number> {
  const folder = join(given.folder, 'ceiling');
  mkdirSync(folder);
  const order = {
    ...given,
    ...{ folder, roomSize: ROOM, rate: FIRST_USERS * USER_RATE, untilMs: LONGEST_S * 2000 },
    endpoint: { url: nullTarget },
    speech: { dialect, module: null, secrets: [] },
  };
  const crowd = await processes.startWriting(
    artilleryProcess({ ...scenario, dialect }, FIRST_USERS, 'chatstorm', order),
  );
  try {
    writeStart(folder, hostNow());
    const tail = new FolderTail(folder);
    let [users, ceiling, warm] = [FIRST_USERS, 0, 0];
    for (let at = 0; at < LONGEST_S && !crowd.end && warm < WARM_STEPS; at += STEP_S) {
      await Promise.race([pause(STEP_S * 1000), crowd.ended]);
      const { perSecond, busy } = latestIn(tail);
      if (busy > 0) ceiling = Math.max(ceiling, (perSecond / busy) * LIMIT);
      if (busy >= BUSY || warm > 0) warm++;
      if (warm > 0) continue;
      users *= 2;
      crowd.send({ users, overS: 1, rate: users * USER_RATE } satisfies ToCrowd);
    }
    return ceiling;
  } finally {
    await processes.stop(crowd);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The latest whole second that the crowd has written: what it received, and how busy it was. */
function latestIn(tail: FolderTail): { perSecond: number; busy: number } {
  const seconds = new Map<number, { perSecond: number; busy: number }>();
  for (const line of tail.read()) {
    if (!('counters' in line)) continue;
    const second = seconds.get(line.at) ?? { perSecond: 0, busy: 0 };
    seconds.set(line.at, second);
    second.perSecond += line.counters['delivery.delivered{by=crowd}'] ?? 0;
    second.busy = Math.max(second.busy, line.gauges['loopUtilization{role=crowd}'] ?? 0);
  }
  const whole = [...seconds].filter(([, { busy }]) => busy > 0).sort(([a], [b]) => b - a);
  return whole[0]?.[1] ?? { perSecond: 0, busy: 0 };
}
