import type { StepSpec } from '../artillery.ts';
import type { EngineKit, VirtualUser } from '../virtual-user.ts';

/** A step of a flow. Rejects with a StepError where the user fails. */
export type Step = (user: VirtualUser) => Promise<void> | void;

/** Makes a step of what a script says. Throws an Error where that makes no sense. */
export type StepMaker = (spec: StepSpec, kit: EngineKit) => Step;
