import { filled } from '../blanks.ts';
import type { StepMaker } from './step.ts';

/** Prints a text. */
export const logStep: StepMaker = ({ log }) => {
  const text = filled(log);
  return (user) => console.log(String(text(user)));
};
