import type { AuditRow } from '../../measure/metrics/events.ts';

/** An experiment, and what it is about. */
export interface Experiment {
  readonly topic: AuditRow['topic'];
  readonly subject: string;
  readonly event: string;
  readonly promised: AuditRow['promised'];
  /** Whether it held, and the evidence. Rejects where it cannot be shown. */
  readonly look: () => Promise<{ readonly held: boolean; readonly evidence: string }>;
}

/** What came of an experiment; it never rejects. */
export async function rowOf({ look, ...about }: Experiment): Promise<AuditRow> {
  try {
    const { held, evidence } = await look();
    return { ...about, outcome: held ? 'held' : 'broken', evidence };
  } catch (error) {
    return { ...about, outcome: 'notShown', evidence: (error as Error).message };
  }
}
