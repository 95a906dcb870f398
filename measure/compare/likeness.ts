import type { RunPlan } from '../run-record/run-record.ts';

/**
 * What two runs have in common whose figures may be compared one by one: the same scenario, load, duration, target,
 * dialect and engine, whatever their thresholds and seeds, and on how many machines. Runs with equal texts are alike.
 */
export function likenessOf({
  scenario,
  phases,
  load,
  target,
  environment,
}: Pick<RunPlan, 'scenario' | 'phases' | 'load' | 'target' | 'environment'>): string {
  const { about: _, thresholds: __, ...resolved } = scenario;
  const {
    lagLimitMs: ___,
    peak: ____,
    available: _____,
    offered: ______,
    engine: _______,
    shards: ________,
    ...asked
  } = load;
  const { origin, kind, dialect, mode } = target;
  const at = kind === 'embedded' ? kind : origin;
  const engine = Object.entries(environment.versions).filter(([name]) => name.startsWith('artillery'));
  return JSON.stringify([resolved, phases, asked, at, dialect, mode, engine]);
}
