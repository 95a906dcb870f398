import { isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { type Dialect, dialectSchema, dialects } from '../bots/dialect.ts';
import { ScenarioError } from './scenario-error.ts';
import { type Matrix, type Probes, type ScenarioFile, scenarioSchema } from './schema.ts';

/** A scenario, whole and checked. Nothing in it is optional. */
export interface Scenario {
  readonly name: string;
  readonly about: string;
  readonly dialect: Dialect;
  /** `plain`, `rooms`, or `own`. */
  readonly dialectName: string;
  readonly server: ScenarioFile['chatstorm']['server'];
  /** What the probes do. */
  readonly troupe: ({ readonly kind: 'probes' } & Probes) | ({ readonly kind: 'matrix' } & Matrix);
  /** Crowd users, at most; 0 for none. */
  readonly users: number;
  /** How late the generator may be at p99 for a run to be believed, ms. */
  readonly lagLimitMs: number;
  readonly thresholds: readonly string[];
  /** The file as it was written, options included. */
  readonly source: z.input<typeof scenarioSchema>;
}

/** What a command line may change in a scenario; texts as they were typed, undefined where nothing was said. */
export interface Overrides {
  readonly users?: string | undefined;
  readonly rooms?: string | undefined;
  readonly rate?: string | undefined;
  readonly listeners?: string | undefined;
  readonly duration?: string | undefined;
  readonly outage?: string | undefined;
  readonly recovery?: boolean | undefined;
  readonly persona?: string | undefined;
  readonly quick?: boolean | undefined;
  readonly dialect?: string | Dialect | undefined;
}

/** Reads a scenario from YAML. Throws a ScenarioError that tells every problem with file and line. */
export function parseScenario(text: string, file: string, overrides: Overrides = {}): Scenario {
  const { document, place } = open(text, file);
  if (overrides.quick) quicken(document);
  const places = override(document, overrides, file);
  const parsed = scenarioSchema.safeParse(document.toJS(), { reportInput: true });
  if (parsed.success) return resolve(parsed.data, document.toJS(), file, overrides.dialect);
  const problems = parsed.error.issues.flatMap(deepest).map((issue) => {
    const option = places.get(issue.path.join('.'));
    return `${sentence(issue, option ?? issue.path.join('.'))} (${option ? 'command line' : place(offsetOf(document.contents, issue.path))})`;
  });
  throw new ScenarioError([...new Set(problems)].join('\n'));
}

/** Reads a dialect from YAML. Throws a ScenarioError that tells every problem with file and line. */
export function parseDialect(text: string, file: string): Dialect {
  const { document, place } = open(text, file);
  const parsed = dialectSchema.safeParse(document.toJS() ?? {}, { reportInput: true });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap(deepest).map((issue) => {
    const name = issue.path.join('.') || 'the dialect';
    return `${sentence(issue, name)} (${place(offsetOf(document.contents, issue.path))})`;
  });
  throw new ScenarioError([...new Set(problems)].join('\n'));
}

/** The YAML of a file, and where an offset in it is. Throws a ScenarioError where it is none. */
function open(text: string, file: string) {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const place = (offset: number) => `${file}:${lines.linePos(offset).line}`;
  const [error] = document.errors;
  if (error) throw new ScenarioError(`Expected YAML: ${error.message.split(' at line')[0]} (${place(error.pos[0])})`);
  return { document, place };
}

/** Puts the options into the document; returns which path of it came from which option. */
function override(document: ReturnType<typeof parseDocument>, options: Overrides, file: string): Map<string, string> {
  const places = new Map<string, string>();
  const set = (option: string, path: (string | number)[], value: unknown) => {
    if (value === undefined) return;
    const missing = missingFor(document, path);
    if (missing)
      throw new ScenarioError(`Expected ${option} only for scenarios with ${missing}; ${file} has none (command line)`);
    document.setIn(path, value);
    places.set(path.join('.'), option);
  };
  set('--rooms', ['chatstorm', 'probes', 'rooms'], number(options.rooms));
  set('--rate', ['chatstorm', 'probes', 'rate'], options.rate);
  set('--listeners', ['chatstorm', 'probes', 'listeners'], number(options.listeners));
  set('--duration', ['chatstorm', 'probes', 'measure'], options.duration);
  const faults = (document.toJS() as { chatstorm?: { faults?: { server?: unknown }[] } }).chatstorm?.faults ?? [];
  const kill = Math.max(
    0,
    faults.findIndex(({ server }) => server === 'kill'),
  );
  set('--outage', ['chatstorm', 'faults', kill, 'for'], options.outage);
  set('--recovery', ['chatstorm', 'server', 'stateRecovery'], options.recovery);
  set('--persona', ['chatstorm', 'personas', 'who'], options.persona && [options.persona]);
  set('--users', ['config', 'phases', 0, 'arrivalCount'], number(options.users));
  return places;
}

/** What a scenario lacks for an option to make sense; undefined where it has it. */
function missingFor(
  document: ReturnType<typeof parseDocument>,
  path: readonly (string | number)[],
): string | undefined {
  const has = (...keys: (string | number)[]) => document.hasIn(['chatstorm', ...keys]);
  if (path[1] === 'probes' && has('matrix')) return 'probes';
  if (path[2] === 'measure' && has('faults')) return '`probes.measure`';
  if (path[1] === 'faults' && !document.hasIn(path.slice(0, 3))) return 'a server that is killed';
  if (path[1] === 'personas' && !has('personas')) return 'personas';
  return undefined;
}

/** Lets a scenario be as its `quick` says. */
function quicken(document: ReturnType<typeof parseDocument>): void {
  const { quick } = (document.toJS() as { chatstorm?: { quick?: unknown } }).chatstorm ?? {};
  const change = (path: string[], value: unknown) => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, inner] of Object.entries(value)) change([...path, key], inner);
    } else if (value === null) document.deleteIn(path);
    else document.setIn(path, value);
  };
  const { users, ...rest } = (quick ?? {}) as { users?: unknown };
  change(['chatstorm'], rest);
  if (users !== undefined) document.setIn(['config', 'phases', 0, 'arrivalCount'], users);
}

function resolve(
  { chatstorm, config }: ScenarioFile,
  source: Scenario['source'],
  path: string,
  dialect: Overrides['dialect'],
): Scenario {
  const spoken = dialect ?? chatstorm.dialect;
  const named = typeof spoken === 'string' && Object.hasOwn(dialects, spoken) ? dialects[spoken as 'plain'] : undefined;
  if (typeof spoken === 'string' && !named)
    throw new ScenarioError(`Expected --dialect to be plain, rooms or a file, got ${spoken} (command line)`);
  const resolved = named ?? (spoken as Dialect);
  return {
    name: path.replace(/^.*\//, '').replace(/\.ya?ml$/, ''),
    about: chatstorm.about,
    dialect: resolved,
    dialectName: named ? (spoken as string) : 'own',
    server: chatstorm.server,
    troupe: troupeOf(chatstorm, resolved),
    users: config.phases.reduce(
      (sum, { arrivalCount = 0, arrivalRate = 0, duration = 0 }) =>
        sum + (arrivalCount || arrivalRate * Number(duration)),
      0,
    ),
    lagLimitMs: chatstorm.lag,
    thresholds: chatstorm.thresholds,
    source,
  };
}

function troupeOf(
  { probes, matrix, faults, personas }: ScenarioFile['chatstorm'],
  dialect: Dialect,
): Scenario['troupe'] {
  if (probes) {
    return { kind: 'probes', ...probes, rooms: dialect.join ? probes.rooms : 1, faults, personas };
  }
  return { kind: 'matrix', ...(matrix as Matrix) };
}

type Issue = z.core.$ZodIssue;

/** The problems inside a union's last alternative, where the value was meant for it; else the problem itself. */
function deepest(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union' || !issue.message.startsWith('Invalid')) return [issue];
  const inner = issue.errors.at(-1) ?? [];
  if (inner.every((problem) => problem.path.length === 0 && problem.code === 'invalid_type')) return [issue];
  return inner.map((problem) => ({ ...problem, path: [...issue.path, ...problem.path] }));
}

function sentence(issue: Issue, name: string): string {
  const got = `, got ${issue.input === undefined ? 'nothing' : `\`${JSON.stringify(issue.input).replace(/^"|"$/g, '')}\``}`;
  const expected = (what: string) => `Expected \`${name}\` to be ${what}${got}`;
  switch (issue.code) {
    case 'unrecognized_keys':
      return `Expected no key \`${issue.keys.join('`, `')}\` in \`${name}\`: it is not known`;
    case 'invalid_type':
      if (issue.expected === 'number') return expected('a number such as 10');
      return expected(`${/^[aeio]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`);
    case 'invalid_value':
      return expected(`one of ${issue.values.join(', ')}`);
    case 'invalid_union':
      return expected(
        issue.message.startsWith('Invalid') ? 'a name that is known, or the whole thing spelled out' : issue.message,
      );
    case 'too_small':
      return expected(`at least ${issue.minimum}`);
    case 'too_big':
      return expected(`at most ${issue.maximum}`);
    default:
      return issue.message.startsWith('Expected') ? issue.message : expected(issue.message);
  }
}

/** Where in the text the node at a path begins; of the deepest node there is, where the path leads nowhere. */
function offsetOf(contents: Node | null, path: readonly PropertyKey[]): number {
  let node: unknown = contents;
  let offset = contents?.range?.[0] ?? 0;
  for (const step of path) {
    const items = (node as { items?: unknown[] } | null)?.items ?? [];
    const pair = items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === step);
    if (pair) offset = (pair as Pair).key.range?.[0] ?? offset;
    node = pair ? (pair as Pair).value : items[Number(step)];
    if (!node) break;
    if (!pair) offset = (node as Node).range?.[0] ?? offset;
  }
  return offset;
}

interface Pair {
  readonly key: { readonly value: unknown; readonly range?: [number, number, number] | null };
  readonly value: unknown;
}

function isPair(item: unknown): item is Pair {
  return typeof item === 'object' && item !== null && 'key' in item;
}

/** An option's number; a text that is none stays, for the check to complain about. */
function number(text: string | undefined): number | string | undefined {
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : text;
}
