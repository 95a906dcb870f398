import { filled } from '../blanks.ts';
import type { StepMaker } from './flow.ts';

/** Prints a text. */
export const logStep: StepMaker = ({ log }) => {
  const text = filled(log);
  return (user) => console.log(String(text(user)));
};
