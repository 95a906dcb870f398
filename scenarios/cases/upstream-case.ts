import type { CaseLab } from './case-lab.ts';

/** A defect or a limit of Socket.IO that somebody has reported, and how to see whether it is there. */
export interface UpstreamCase {
  /** The number of the issue, by which it is asked for. */
  readonly number: string;
  /** The repository that it was reported to. */
  readonly repository: string;
  readonly title: string;
  /** The settings that show it. */
  readonly settings: string;
  /** What the documentation lets one expect. */
  readonly expected: string;
  /** What was reported to happen. */
  readonly reported: string;
  /** What to do about it; null if nothing. */
  readonly remedy: string | null;
  /** About how long it takes, s. */
  readonly seconds: number;
  /** Shows it, or does not: with the evidence, in a sentence. Rejects where it cannot be shown. */
  readonly show: (lab: CaseLab) => Promise<Shown>;
}

export interface Shown {
  readonly isReproduced: boolean;
  readonly evidence: string;
}

/** What came of a case on the installed versions. */
export type CaseOutcome =
  | ({ readonly kind: 'shown' } & Shown)
  /** It cannot be shown here, and why. */
  | { readonly kind: 'notShown'; readonly why: string };
