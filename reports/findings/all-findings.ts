import type { Finding, FoldedRun, RunRecord } from '../../measure/run-record/run-record.ts';
import { capacityFinds } from './capacity-findings.ts';
import { fallbackFinds } from './fallback-findings.ts';
import type { Finds, Found } from './finding.ts';
import { type FindingId, findingCards } from './finding-cards.ts';
import { nodeFinds } from './node-findings.ts';
import { outageFinds } from './outage-findings.ts';
import { recoveryFinds } from './recovery-findings.ts';
import { serverFinds } from './server-findings.ts';
import { setupFinds } from './setup-findings.ts';

const finds = {
  ...setupFinds,
  ...fallbackFinds,
  ...recoveryFinds,
  ...outageFinds,
  ...nodeFinds,
  ...serverFinds,
  ...capacityFinds,
} satisfies Finds<FindingId>;

const severities: readonly Finding['severity'][] = ['critical', 'warning', 'info'];

/** What follows from a run for those who run the chat, the most severe first. */
export function findingsOf(run: FoldedRun): Finding[] {
  // Where nothing was delivered before the first fault, faults cannot be blamed for what is missing.
  const worked = !run.verdict.breaches.some(({ gate }) => gate === 'undelivered');
  const found = Object.entries(worked ? finds : setupFinds).flatMap(([id, find]): Finding[] => {
    if (run.search && byOverload.has(id)) return [];
    const found = find(run);
    return found ? [told(id as FindingId, found)] : [];
  });
  return found.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}

function told(id: FindingId, { severity, evidence, remedy, setting, worst }: Found): Finding {
  const card = findingCards[id];
  const seconds = worst
    ? { from: Math.max(0, Math.floor(worst.onAt) - BEFORE_S), to: Math.ceil(worst.to) }
    : { from: null, to: null };
  return {
    id,
    severity,
    title: card.title,
    evidence,
    remedy,
    setting: setting === undefined ? card.setting : setting,
    shownBy: card.section === null ? null : { section: card.section, ...seconds },
  };
}

/** What a load that is too high on purpose does. */
const byOverload: ReadonlySet<string> = new Set(['connections-ended', 'lost', 'too-few-samples', 'first-to-break']);

/** What is shown before a fault, s. */
const BEFORE_S = 2;

/** The whole record of a run: its fold, and what follows from it. */
export function withFindings(run: FoldedRun): RunRecord {
  return { ...run, findings: findingsOf(run) };
}
