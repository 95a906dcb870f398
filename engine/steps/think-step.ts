import { promisify } from 'node:util';
import type { StepMaker } from './step.ts';

/** Waits, as every engine of Artillery does. */
export const thinkStep: StepMaker = (spec, { script, helpers }) => {
  const think = promisify(helpers.createThink(spec, script.config.defaults?.think ?? {}));
  return async (user) => {
    await think(user.context);
  };
};
