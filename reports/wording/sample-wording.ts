/** Which percentiles a run has too few samples for, and what to do; the same before a run and after it. */

import { plannedSamples, type SampleKind, type SampleNeed, sampleNeedOf } from '../../measure/judge/planned-samples.ts';
import type { RunPlan } from '../../measure/run-record/run-record.ts';
import { count, listed, plainNumber } from './quantities.ts';

/** What comes at random, or does not come back, may be this much fewer than planned. */
const MARGIN = 1.15;

/** Needs of the same kind of samples, and how many of these there are. */
export interface Shortage {
  readonly needs: readonly SampleNeed[];
  readonly had: number;
}

type Run = Pick<RunPlan, 'load' | 'matrix' | 'phases'> & { readonly outages: readonly unknown[] };

/** What a plan makes too few samples for, in a sentence for each kind of samples. */
export function plannedShortages(plan: RunPlan): string[] {
  const had = (need: SampleNeed) => plannedSamples(plan, need);
  const needs = plan.scenario.thresholds.flatMap((text) => sampleNeedOf(text) ?? []);
  const shortages = shortagesOf(
    needs.filter((need) => (had(need) ?? Number.POSITIVE_INFINITY) < need.wanted),
    had,
  );
  return shortages.map((one) => {
    const { kind, texts, wanted, percentile } = namesOf(one);
    return `too few ${verbs[kind] === undefined ? 'messages' : 'clients'} for ${texts}: a ${percentile} needs about ${count(wanted)} ${samplesName(kind)}, and ${count(one.had)} are planned. ${samplesRemedy(one, plan)}`;
  });
}

/** What a percentile needed and what there was, as the end of a sentence. */
export function shortageWords(shortage: Shortage): string {
  const { kind, wanted, percentile } = namesOf(shortage);
  return `a ${percentile} needs about ${count(wanted)} ${samplesName(kind)}, and there were ${count(shortage.had)}`;
}

/** How to have enough samples, as a sentence. */
export function samplesRemedy(shortage: Shortage, run: Run): string {
  const { kind, wanted } = namesOf(shortage);
  const factor = (wanted * MARGIN) / shortage.had;
  if (kind === 'other' || !Number.isFinite(factor)) return 'Measure longer, or use a lower percentile.';
  const { load, matrix, phases, outages } = run;
  if (kind === 'message') {
    if (matrix) return 'Use a higher `rate` or a longer `wave` in the matrix.';
    const rate = load.ratePerTalker > 0 ? `\`--rate ${plainNumber(Math.ceil(load.ratePerTalker * factor))}/s\`` : '';
    const duration = outages.length > 0 ? '' : `\`--duration ${Math.ceil(phases.measure * factor)}s\``;
    return `Use ${[duration, rate].filter(Boolean).join(' or ')}.`;
  }
  const each = matrix?.cells[0]?.bots[1];
  if (each !== undefined) return `Use \`clients: ${Math.ceil(each * factor)}\` in the matrix.`;
  return `Use \`--listeners ${Math.ceil(load.probes * factor) - load.talkers}\`.`;
}

/** Puts together the needs of the same samples; those of which nothing is known are left out. */
export function shortagesOf(
  needs: readonly SampleNeed[],
  had: (need: SampleNeed) => number | undefined,
): readonly Shortage[] {
  const groups = Map.groupBy(needs, (need) => `${need.kind} ${had(need)}`);
  return [...groups.values()].flatMap((group) => {
    const known = had(group[0]!);
    return known === undefined ? [] : [{ needs: group, had: known }];
  });
}

const verbs: Readonly<Partial<Record<SampleKind, string>>> = {
  reconnect: 'reconnect',
  fallback: 'fall back',
  connect: 'connect',
  upgrade: 'upgrade',
};

function samplesName(kind: SampleKind): string {
  return kind === 'message' ? 'messages' : verbs[kind] === undefined ? 'samples' : `clients that ${verbs[kind]}`;
}

/** The most demanding of them, and the names of all. */
function namesOf({ needs }: Shortage) {
  const most = needs.reduce((a, b) => (b.wanted > a.wanted ? b : a));
  return { ...most, texts: listed(needs.map(({ threshold }) => `\`${threshold}\``)) };
}
