import type { LinkFault } from './persona.ts';

/** How a client loses its link. */
export interface AbsenceKind {
  /** What happens, in a few words. */
  readonly about: string;
  /** What its link does. */
  readonly link: LinkFault;
  /** Whether the link does so for a moment only, which is enough to end it; else it stays dead. */
  readonly isMoment: boolean;
  /**
   * What the client knows. `told`: the link's end reaches it. `unaware`: it hears nothing, and gives the link up as it comes back.
   * `aware`: it drops the link at once. `asleep`: it stands still, and wakes to a link that may be open still.
   */
  readonly client: 'told' | 'unaware' | 'aware' | 'asleep';
}

export const absenceKinds = {
  reset: {
    about: 'the link is reset (RST)',
    link: { kind: 'reset', touches: 'open' },
    isMoment: true,
    client: 'told',
  },
  close: {
    about: 'the link is closed (FIN)',
    link: { kind: 'close', touches: 'open' },
    isMoment: true,
    client: 'told',
  },
  silence: {
    about: 'the link falls silent, and the client comes back on a new one',
    link: { kind: 'blackhole', touches: 'open' },
    isMoment: false,
    client: 'unaware',
  },
  switch: {
    about: 'the client leaves its network, and the old link falls silent',
    link: { kind: 'blackhole', touches: 'open' },
    isMoment: false,
    client: 'aware',
  },
  sleep: {
    about: 'the computer sleeps, and wakes on the same network',
    link: { kind: 'blackhole', touches: 'open' },
    isMoment: false,
    client: 'asleep',
  },
} as const satisfies Readonly<Record<string, AbsenceKind>>;

export type AbsenceWay = keyof typeof absenceKinds;

export const absenceWays = Object.keys(absenceKinds) as AbsenceWay[];
