import type { CaseLab } from './case-lab.ts';

/** A defect or a limit of Socket.IO that somebody has reported, and how to see whether it is there. */
export interface UpstreamCase {
  /** What it is asked for by: the number of its issue, with the repository before it where that is not socketio/socket.io. */
  readonly id: string;
  /** Where it was reported, such as `socketio/socket.io#4880`. */
  readonly reference: string;
  readonly url: string;
  readonly title: string;
  /** The packages whose versions matter. */
  readonly packages: readonly string[];
  /** The settings that show it. */
  readonly settings: string;
  /** What the documentation lets one expect. */
  readonly expected: string;
  /** What was reported to happen. */
  readonly reported: string;
  /** What to do about it; null if nothing. */
  readonly remedy: string | null;
  /** The package and version in which it was mended, such as `engine.io 6.4.2`; null where it was not. */
  readonly fixedIn: string | null;
  /** Whether it shows on the versions that chatstorm stands on, and if not, why: fixed, or how it was tried. */
  readonly here: { readonly isReproduced: true } | { readonly isReproduced: false; readonly why: string };
  /** About how long it takes, s. */
  readonly seconds: number;
  /** Shows it, or does not: with the evidence, in a sentence. Rejects where it cannot be shown. */
  readonly show: (lab: CaseLab) => Promise<Shown>;
}

export interface Shown {
  readonly isReproduced: boolean;
  readonly evidence: string;
}

/** What came of a case. */
export type CaseOutcome =
  | ({ readonly kind: 'shown' } & Shown)
  /** It cannot be shown here, and why. */
  | { readonly kind: 'notShown'; readonly why: string };
