import { modulePath } from '../../base/installation.ts';
import type { AuditRow } from '../../measure/metrics/events.ts';
import type { FromAudit, ToAudit } from '../children/messages.ts';
import { ChildFailure } from './child.ts';
import type { Processes } from './processes.ts';

const main = [modulePath('../children/audit-main.ts', import.meta.url)];
/** It takes ten seconds on one node, and forty on several. */
const LONGEST_MS = 90_000;

/**
 * Has a child look at what holds of recovery on servers of its own, on one node or on several; `told` gets each row as it comes. Resolves
 * when it is over, and never rejects: where it ends early, that is a row, too.
 */
export async function makeAudit(
  processes: Processes,
  folder: string,
  nodes: number,
  told: (row: AuditRow) => void,
): Promise<void> {
  const spec = { role: 'audit', main, env: {}, folder } as const;
  const ended = (why: string) =>
    told({
      ...{ topic: 'matrix', subject: 'all', event: 'the audit', promised: 'unsaid' },
      ...{ outcome: 'notShown', evidence: why },
    });
  try {
    const { child } = await processes.start(spec, (message) => 'ready' in (message as FromAudit) || undefined);
    child.listen((message) => {
      if ('row' in (message as FromAudit)) told((message as Extract<FromAudit, { row: unknown }>).row);
    });
    child.send({ nodes } satisfies ToAudit);
    const over = await child.message((message) => 'done' in (message as FromAudit) || undefined, LONGEST_MS);
    if (over instanceof ChildFailure) ended(`It ended early. ${child.lastLines().join(' ')}`.trim());
    await processes.stop(child);
  } catch (error) {
    ended((error as Error).message);
  }
}
