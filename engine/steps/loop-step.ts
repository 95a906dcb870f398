import type { Context, StepSpec } from '../artillery.ts';
import { filled } from '../blanks.ts';
import type { EngineKit, VirtualUser } from '../virtual-user.ts';
import type { Step } from './step.ts';

type GoOn = (context: Context, done: (goOn: boolean) => void) => unknown;

/** Repeats its steps: `count` times, `over` a list, or as long as a function `whileTrue` says. */
export function loopStep(
  spec: StepSpec,
  kit: EngineKit,
  flowOf: (specs: readonly StepSpec[], kit: EngineKit) => Step,
): Step {
  const body = flowOf(spec.loop as readonly StepSpec[], kit);
  const { count, over, whileTrue, loopValue = '$loopCount', loopElement = '$loopElement' } = spec;
  const goOn = whileTrue === undefined ? undefined : (kit.script.config.processor?.[String(whileTrue)] as GoOn);
  if (whileTrue !== undefined && typeof goOn !== 'function')
    throw new Error(`artillery-engine-chatstorm: the processor has no function ${whileTrue}`);
  const times = filled(count ?? -1);
  return async (user) => {
    const { vars } = user.context;
    const list = over === undefined ? undefined : listOf(over, vars);
    const { from, to } = list ? { from: 0, to: list.length } : boundsOf(times(user));
    for (let i = from; (goOn || to === -1 || i < to) && !user.isEnded; i++) {
      vars[String(loopValue)] = i;
      vars[String(loopElement)] = list ? list[i] : i;
      await body(user);
      if (goOn && !(await asked(goOn, user))) break;
      // A loop without a wait in it leaves time to others.
      if ((i + 1) % BREATH === 0) await new Promise(setImmediate);
    }
  };
}

/** Iterations without a wait between two chances for everything else. */
const BREATH = 100;

function asked(goOn: GoOn, { context }: VirtualUser): Promise<boolean> {
  return new Promise((resolve) => goOn(context, resolve));
}

/** A list, or the variable that holds one; anything else is not gone over. */
function listOf(over: unknown, vars: Readonly<Record<string, unknown>>): readonly unknown[] {
  const list = typeof over === 'string' ? vars[over] : over;
  return Array.isArray(list) ? list : [];
}

/** `10` is ten times, `"5-8"` from the fifth to the seventh, and -1 for ever. */
function boundsOf(count: unknown): { readonly from: number; readonly to: number } {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(String(count)) ?? [];
  if (from !== undefined) return { from: Number(from), to: Number(to) };
  return { from: 0, to: Number(count) || 0 };
}
