import { type Child, el } from './elements.ts';

/** A sentence in which what stands between backticks is code. */
export function prose(sentence: string): Child[] {
  return sentence.split('`').map((part, i) => (i % 2 === 1 ? el('code', '', part) : part));
}
