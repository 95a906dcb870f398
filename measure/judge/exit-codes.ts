import type { Verdict } from './verdict.ts';

/** What a process exits with; one code wins, by the order 1, 2, 4, 130 or 143, 3, 99, 0. */
export const exitCodes = {
  pass: 0,
  bug: 1,
  usage: 2,
  invalid: 3,
  unreachable: 4,
  failed: 99,
  SIGINT: 130,
  SIGTERM: 143,
} as const;

/** The exit code of a run that left a record. */
export function exitCode(verdict: Verdict, interruptedBy: 'SIGINT' | 'SIGTERM' | null): number {
  if (interruptedBy) return exitCodes[interruptedBy];
  if (verdict.breaches.length > 0 || verdict.outcome === 'unknown') return exitCodes.invalid;
  return verdict.outcome === 'fail' ? exitCodes.failed : exitCodes.pass;
}

/** The code that wins where several runs or findings each have one. */
export function worstExitCode(codes: readonly number[]): number {
  const { bug, usage, unreachable, SIGINT, SIGTERM, invalid, failed, pass } = exitCodes;
  const order = [bug, usage, unreachable, SIGINT, SIGTERM, invalid, failed, pass];
  return order.find((code) => codes.includes(code)) ?? pass;
}
