import type { StepSpec } from '../artillery.ts';
import type { EngineKit } from '../virtual-user.ts';
import { chatStep } from './chat-step.ts';
import { connectStep, disconnectStep } from './connect-step.ts';
import { emitStep } from './emit-step.ts';
import { functionStep } from './function-step.ts';
import { listenStep, waitForStep } from './listen-step.ts';
import { logStep } from './log-step.ts';
import { loopStep } from './loop-step.ts';
import type { Step, StepMaker } from './step.ts';
import { thinkStep } from './think-step.ts';

/** By the key that a step has, in the order in which they are looked for: `emit` may stand beside `connect`. */
const makers: Readonly<Record<string, StepMaker>> = {
  loop: (spec, kit) => loopStep(spec, kit, flowOf),
  think: thinkStep,
  emit: emitStep,
  connect: connectStep,
  reconnect: (spec, kit) => connectStep({ ...spec, connect: {} }, kit),
  disconnect: disconnectStep,
  listen: listenStep,
  waitFor: waitForStep,
  join: chatStep,
  send: chatStep,
  play: chatStep,
  function: functionStep,
  log: logStep,
};

/** The steps of a flow, one after the other. Throws an Error that names a step which there is not. */
export function flowOf(specs: readonly StepSpec[], kit: EngineKit): Step {
  const steps = specs.map((spec) => stepOf(spec, kit));
  return async (user) => {
    for (const step of steps) {
      if (user.isEnded) return;
      const under = step(user);
      if (under) await under;
    }
  };
}

function stepOf(spec: StepSpec, kit: EngineKit): Step {
  const key = Object.keys(makers).find((name) => spec?.[name] !== undefined);
  if (key !== undefined) return makers[key]!(spec, kit);
  const known = Object.keys(makers).join(', ');
  throw new Error(`artillery-engine-chatstorm: expected a step with one of ${known}, got ${JSON.stringify(spec)}`);
}
