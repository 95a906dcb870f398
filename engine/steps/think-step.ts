import { DURATION, durationMs } from '../../base/units.ts';
import { filled } from '../blanks.ts';
import { StepError } from '../step-error.ts';
import type { StepMaker } from './step.ts';

/** Waits: seconds, or a length of time such as `500ms`. With `jitter`, up to so many ms, or percent, more or less. */
export const thinkStep: StepMaker = (spec, { script }) => {
  const [written, jitter] = [filled(spec.think), filled(spec.jitter ?? script.config.defaults?.think?.jitter ?? 0)];
  return (user) => {
    const ms = thinkMs(written(user));
    const deviation = deviationMs(ms, jitter(user));
    return new Promise((resolve) => setTimeout(resolve, ms + deviation * (2 * Math.random() - 1)));
  };
};

/** Throws a StepError where it is no length of time. */
function thinkMs(think: unknown): number {
  if (typeof think === 'number') return think * 1000;
  const text = String(think).trim();
  if (DURATION.test(text)) return durationMs(text);
  const seconds = Number(text);
  if (text !== '' && Number.isFinite(seconds)) return seconds * 1000;
  throw new StepError(`think: expected seconds, or a time such as 500ms, got ${text}`);
}

function deviationMs(ms: number, jitter: unknown): number {
  if (jitter === 0) return 0;
  const [, amount, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(String(jitter).trim()) ?? [];
  if (amount === undefined) throw new StepError(`jitter: expected ms, or a share such as 20%, got ${jitter}`);
  return percent === '%' ? (ms * Number(amount)) / 100 : Number(amount);
}
