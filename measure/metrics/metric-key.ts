/**
 * Metric keys: `name` or `name{label=value,…}`, the one spelling used in windows, run.json, thresholds and comparisons.
 * Labels stand in the order of {@link labelNames}, so that equal keys are equal strings.
 */

export const labelNames = [
  'by',
  'transport',
  'path',
  'node',
  'room',
  'fault',
  'away',
  'order',
  'network',
  'reason',
  'cause',
  'role',
] as const;

export type LabelName = (typeof labelNames)[number];
export type Labels = Readonly<Partial<Record<LabelName, string | undefined>>>;

export interface MetricKey {
  readonly name: string;
  readonly labels: Labels;
}

/** Spells a key. Characters with a meaning in keys (`{}=,`) and control characters in a value become `_`. */
export function metricKey(name: string, labels: Labels = {}): string {
  const parts = labelNames.filter((label) => labels[label] !== undefined);
  if (parts.length === 0) return name;
  return `${name}{${parts.map((label) => `${label}=${tame(labels[label]!)}`).join(',')}}`;
}

/** Reads a key back; undefined where it is not one (an unknown label, a missing brace, an empty value). */
export function parseMetricKey(key: string): MetricKey | undefined {
  const match = /^([a-zA-Z]+(?:\.[a-zA-Z]+)*)(?:\{([^{}]*)\})?$/.exec(key);
  if (!match) return undefined;
  const labels: Partial<Record<LabelName, string>> = {};
  for (const pair of match[2]?.split(',') ?? []) {
    const [label, value, ...rest] = pair.split('=').map((part) => part.trim());
    if (!label || !value || rest.length > 0 || !isLabelName(label)) return undefined;
    labels[label] = value;
  }
  return { name: match[1]!, labels };
}

/**
 * The keys that a count of this one belongs to, itself first: those with some of its labels, and with none. The crowd's
 * counts stay the crowd's. Empty where it is no key.
 */
export function rollUps(key: string): readonly string[] {
  const known = rolledUp.get(key);
  if (known) return known;
  const parsed = parseMetricKey(key);
  const found = parsed ? subsetsOf(parsed) : [];
  rolledUp.set(key, found);
  return found;
}

const rolledUp = new Map<string, readonly string[]>();

function subsetsOf({ name, labels }: MetricKey): string[] {
  const { by, ...others } = labels;
  let subsets: Labels[] = [by === undefined ? {} : { by }];
  for (const label of labelNames) {
    if (label === 'by' || others[label] === undefined) continue;
    subsets = subsets.flatMap((subset) => [{ ...subset, [label]: others[label] }, subset]);
  }
  return subsets.map((subset) => metricKey(name, subset));
}

function isLabelName(word: string): word is LabelName {
  return (labelNames as readonly string[]).includes(word);
}

function tame(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must go
  return value.replace(/[{}=,\u0000-\u001f]/g, '_').slice(0, 120);
}
