import type { Context, Events } from '../artillery.ts';
import { StepError } from '../step-error.ts';
import type { EngineKit, VirtualUser } from '../virtual-user.ts';
import type { StepMaker } from './step.ts';

type ProcessorFunction = (context: Context, events: Events, done: (error?: Error | null) => void) => unknown;

/** Calls a function of the script's processor: one that takes a callback, or an async one. */
export const functionStep: StepMaker = (spec, kit) => {
  const name = String(spec.function);
  return (user) => call(name, user, kit);
};

/** Rejects with a StepError where the function fails, or there is none by this name. */
export async function call(name: string, user: VirtualUser, kit: EngineKit): Promise<void> {
  const called = kit.script.config.processor?.[name];
  if (typeof called !== 'function') throw new StepError(`the processor has no function ${name}`);
  try {
    await run(called as ProcessorFunction, user, kit);
  } catch (error) {
    throw new StepError((error as Error)?.message ?? String(error));
  }
}

function run(called: ProcessorFunction, { context }: VirtualUser, { events }: EngineKit): Promise<unknown> {
  if (called.length < 3) return Promise.resolve(called(context, events, () => {}));
  return new Promise<void>((resolve, reject) => {
    const result = called(context, events, (error) => (error ? reject(error) : resolve()));
    if (result instanceof Promise) result.catch(reject);
  });
}
