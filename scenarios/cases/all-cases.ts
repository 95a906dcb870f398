import { case4880 } from './case-4880.ts';
import { case4984 } from './case-4984.ts';
import { case5197 } from './case-5197.ts';
import { case5258 } from './case-5258.ts';
import { case5282 } from './case-5282.ts';
import { case5334 } from './case-5334.ts';
import { case5363 } from './case-5363.ts';
import { case5419 } from './case-5419.ts';
import { case5491 } from './case-5491.ts';
import { case5538 } from './case-5538.ts';
import { case5539 } from './case-5539.ts';
import { caseCve202648779 } from './case-cve-2026-48779.ts';
import { caseGhsaR635G3xrVw7x } from './case-ghsa-r635-g3xr-vw7x.ts';
import { inLab } from './case-lab.ts';
import { caseRedis446 } from './case-redis-446.ts';
import { caseRedisStreams26 } from './case-redis-streams-26.ts';
import { caseRedisStreams27 } from './case-redis-streams-27.ts';
import { caseRedisStreams47 } from './case-redis-streams-47.ts';
import { caseRedisStreams48 } from './case-redis-streams-48.ts';
import type { NodeLaunch } from './lab-chat.ts';
import type { CaseOutcome, UpstreamCase } from './upstream-case.ts';

export const cases: readonly UpstreamCase[] = [
  case4880,
  case4984,
  case5197,
  case5258,
  case5282,
  case5334,
  case5363,
  case5419,
  case5491,
  case5538,
  case5539,
  caseRedis446,
  caseRedisStreams26,
  caseRedisStreams27,
  caseRedisStreams47,
  caseRedisStreams48,
  caseGhsaR635G3xrVw7x,
  caseCve202648779,
];

/** Shows a case on the packages that this process loads; processes of its own are started by `launch`. */
export async function showCase(one: UpstreamCase, launch: NodeLaunch): Promise<CaseOutcome> {
  try {
    return { kind: 'shown', ...(await inLab(launch, one.show)) };
  } catch (error) {
    return { kind: 'notShown', why: (error as Error).message };
  }
}
