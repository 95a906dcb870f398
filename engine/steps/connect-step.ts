import type { StepSpec, Values } from '../artillery.ts';
import { filled } from '../blanks.ts';
import type { VirtualUser } from '../virtual-user.ts';
import type { StepMaker } from './step.ts';

/** Connects to a namespace, in the place of the connection there is. */
export const connectStep: StepMaker = (spec) => {
  const [namespace, settings] = [namespaceOf(spec), filled(spec.connect ?? {})];
  return async (user) => {
    await user.connect(namespace(user), settings(user) as Values);
  };
};

/** Ends the connection to a namespace. */
export const disconnectStep: StepMaker = (spec) => {
  const namespace = namespaceOf(spec);
  return (user) => user.disconnect(namespace(user));
};

/** The namespace beside a step; the main one where there is none. */
export function namespaceOf(spec: StepSpec): (user: VirtualUser) => string {
  const namespace = filled(spec.namespace ?? '');
  return (user) => String(namespace(user));
}
