import { count } from '../../wording/quantities.ts';

/** The runs to compare, by name. Of a `pair` the one that was started first is the base. */
export type CompareChoice =
  | { readonly kind: 'sides'; readonly base: readonly string[]; readonly next: readonly string[] }
  | { readonly kind: 'pair'; readonly runs: readonly [string, string] }
  | { readonly kind: 'none'; readonly why: string };

/** Each run has to be read. */
const MOST_RUNS = 80;

/** Reads the query of a comparison: `base` and `new`, each as often as wanted, or two of one kind, `run` among them. */
export function compareChoice(query: Readonly<Record<string, unknown>>): CompareChoice {
  const [base, next, loose] = ['base', 'new', 'run'].map((key) => namesIn(query[key])) as [
    string[],
    string[],
    string[],
  ];
  const all = [...base, ...next, ...loose];
  if (all.length > MOST_RUNS)
    return none(`${count(all.length)} runs are too many to compare here. Choose up to ${MOST_RUNS}.`);
  const [first, second] = all;
  const isOneColumn = [base, next, loose].some(({ length }) => length === all.length);
  if (first !== undefined && second !== undefined && all.length === 2 && isOneColumn)
    return { kind: 'pair', runs: [first, second] };
  if (loose.length > 0) return none('Choose two runs, or some as base and some as new.');
  if (base.length === 0 || next.length === 0) return none('Choose at least one run as base and one as new.');
  return { kind: 'sides', base, next };
}

function none(why: string): CompareChoice {
  return { kind: 'none', why };
}

function namesIn(value: unknown): string[] {
  const values = Array.isArray(value) ? value : [value];
  return [...new Set(values.filter((one) => typeof one === 'string' && one !== ''))] as string[];
}
