import type { Finding, FoldedRun, RunRecord } from '../../measure/run-record/run-record.ts';
import { fallbackFinds } from './fallback-findings.ts';
import type { Finds } from './finding.ts';
import { outageFinds } from './outage-findings.ts';
import { serverFinds } from './server-findings.ts';
import { setupFinds } from './setup-findings.ts';

const finds: Finds = { ...setupFinds, ...fallbackFinds, ...outageFinds, ...serverFinds };

const severities: readonly Finding['severity'][] = ['critical', 'warning', 'info'];

/** What follows from a run for those who run the chat, the most severe first. */
export function findingsOf(run: FoldedRun): Finding[] {
  // Where nothing was delivered before the first fault, faults cannot be blamed for what is missing.
  const worked = !run.verdict.breaches.some(({ gate }) => gate === 'undelivered');
  const found = Object.entries(worked ? finds : setupFinds).flatMap(([id, find]): Finding[] => {
    const finding = find(run);
    return finding ? [{ id, ...finding }] : [];
  });
  return found.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}

/** The whole record of a run: its fold, and what follows from it. */
export function withFindings(run: FoldedRun): RunRecord {
  return { ...run, findings: findingsOf(run) };
}
