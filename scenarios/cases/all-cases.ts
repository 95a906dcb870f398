import { case4880 } from './case-4880.ts';
import { case5282 } from './case-5282.ts';
import { case5334 } from './case-5334.ts';
import { case5363 } from './case-5363.ts';
import { case5491 } from './case-5491.ts';
import { case5538 } from './case-5538.ts';
import { CaseLab } from './case-lab.ts';
import type { CaseOutcome, UpstreamCase } from './upstream-case.ts';

export const cases: readonly UpstreamCase[] = [case4880, case5282, case5334, case5363, case5491, case5538];

/** Shows a case on the installed versions. */
export async function showCase(one: UpstreamCase): Promise<CaseOutcome> {
  const lab = new CaseLab();
  try {
    return { kind: 'shown', ...(await one.show(lab)) };
  } catch (error) {
    return { kind: 'notShown', why: (error as Error).message };
  } finally {
    await lab.close();
  }
}
