import { acksOnly } from './acks-only.ts';
import { clean } from './clean.ts';
import { delays, delaysSome } from './delays.ts';
import { discards } from './discards.ts';
import { diverts } from './diverts.ts';
import { drops } from './drops.ts';
import { duplicates } from './duplicates.ts';
import { freezes } from './freezes.ts';
import { garblesText } from './garbles-text.ts';
import { garblesTokens } from './garbles-tokens.ts';
import { invents } from './invents.ts';
import { expels, hangsUp, kicks } from './kicks.ts';
import { misroutes } from './misroutes.ts';
import { neverAcks } from './never-acks.ts';
import { refuses } from './refuses.ts';
import { swaps } from './swaps.ts';
import type { Target } from './target.ts';

/** Every target by its name. */
export const targets = {
  ...{ clean, drops, discards, duplicates, swaps, garblesText, garblesTokens, misroutes, diverts, invents, refuses },
  ...{ acksOnly, neverAcks, delays, delaysSome, freezes, kicks, expels, hangsUp },
} satisfies Record<string, Target>;

export type TargetName = keyof typeof targets;
