import type { AuditRow } from '../../measure/metrics/events.ts';
import { type CaseLab, inLab } from '../cases/case-lab.ts';
import type { NodeLaunch } from '../cases/lab-chat.ts';

/** An experiment, and what it is about. */
export interface Experiment {
  readonly topic: AuditRow['topic'];
  readonly subject: string;
  readonly event: string;
  readonly promised: AuditRow['promised'];
  /** Whether it held, and the evidence. Rejects where it cannot be shown. */
  readonly look: (lab: CaseLab) => Promise<{ readonly held: boolean; readonly evidence: string }>;
}

/** What comes of an experiment in a lab of its own; it never rejects. */
export async function rowOf({ look, ...about }: Experiment, launch: NodeLaunch): Promise<AuditRow> {
  try {
    const { held, evidence } = await inLab(launch, look);
    return { ...about, outcome: held ? 'held' : 'broken', evidence };
  } catch (error) {
    return { ...about, outcome: 'notShown', evidence: (error as Error).message };
  }
}
