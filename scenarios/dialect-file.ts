import { dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../base/errors.ts';
import { fileProblem } from '../base/file-problem.ts';
import { readTextFile } from '../base/read-text-file.ts';
import type { Issue } from '../base/validation-sentence.ts';
import { unknownBlanks } from '../bots/dialect/blank-names.ts';
import { dialects } from '../bots/dialect/built-in.ts';
import { type Dialect, type DialectInput, dialectModuleSchema, dialectSchema } from '../bots/dialect/dialect.ts';
import { readUsers } from '../bots/identity/users-file.ts';
import { type Environment, expandEnvironment } from './environment-values.ts';
import { problems } from './file-problems.ts';
import { readYaml } from './yaml-file.ts';

/** A dialect that was read, and what of it may be shown. */
export interface ReadDialect {
  readonly dialect: Dialect;
  /** `plain`, `rooms`, or `own`. */
  readonly name: string;
  /** The TypeScript file that it is in, which other processes have to load themselves; null if it is plain data. */
  readonly module: string | null;
  /** As it was written, without what is secret. */
  readonly written: unknown;
  /** Values that may be in no file of a run. */
  readonly secrets: readonly string[];
}

/** A dialect of its own in a .yml or .ts file; `missing` fills in what a .yml file leaves out. Rejects with a UsageError that lists every problem with file and line. */
export async function readDialectFile(
  file: string,
  environment: Environment,
  missing: Partial<DialectInput> = {},
): Promise<ReadDialect> {
  return /\.[cm]?[jt]s$/.test(extname(file))
    ? loadDialectModule(resolve(file))
    : parseDialect(readText(file), file, environment, missing);
}

/** Reads a dialect from YAML. Throws a UsageError that lists every problem with file and line. */
export function parseDialect(
  text: string,
  file: string,
  environment: Environment,
  defaults: Partial<DialectInput> = {},
): ReadDialect {
  const yaml = readYaml(text, file, 'DIALECT');
  const written = yaml.value ?? {};
  const { value, secrets, missing } = expandEnvironment(written, environment);
  const whole = typeof value === 'object' && !Array.isArray(value) ? { ...defaults, ...value } : value;
  const parsed = dialectSchema.safeParse(whole, { reportInput: true });
  const issues = parsed.success ? blankIssues(parsed.data, dirname(file)) : parsed.error.issues;
  const all = [...missing.map(missingIssue), ...issues];
  if (!parsed.success || all.length > 0) throw problems('DIALECT', all, yaml, file, new Map());
  return ownDialect(parsed.data, { folder: dirname(file), module: null, written, secrets });
}

/** One of those that are built in; undefined where there is none of that name. */
export function builtInDialect(name: string): ReadDialect | undefined {
  if (!Object.hasOwn(dialects, name)) return undefined;
  const dialect = dialects[name as keyof typeof dialects];
  return { dialect, name, module: null, written: name, secrets: [] };
}

/** A dialect that has been parsed already, with its files found, and what of it may be shown. */
export function ownDialect(
  dialect: Dialect,
  from: { folder: string; module: string | null; written: unknown; secrets: readonly string[] },
): ReadDialect {
  const own = withFiles(dialect, from.folder);
  const { auth, headers, query, login, vitals } = own;
  const given = [auth, headers, query, login?.json, login?.form, login?.headers, vitals?.token];
  const secrets = [...from.secrets, ...textsIn(given)];
  return { dialect: own, name: 'own', module: from.module, written: withoutSecrets(from.written), secrets };
}

/** What is wrong with the blanks of a dialect whose files lie in a folder. Throws a UsageError where its users cannot be read. */
export function blankIssues(dialect: Dialect, folder: string): Issue[] {
  const columns = dialect.users ? Object.keys(readUsers(resolve(folder, dialect.users))[0] ?? {}) : [];
  return unknownBlanks(dialect, columns).map(({ blank, path, known }) => ({
    code: 'custom',
    path: [...path],
    input: undefined,
    message: `Expected \`${path.join('.')}\` to have no blanks but ${known.map((name) => `{${name}}`).join(', ')}; got {${blank}}`,
  }));
}

export function missingIssue({ name, path }: { name: string; path: readonly (string | number)[] }): Issue {
  const message = `Expected the environment variable ${name} to be set`;
  return { code: 'custom', path: [...path], input: undefined, message };
}

/** The dialect that a TypeScript file exports as `dialect`. Rejects with a UsageError. */
export async function loadDialectModule(file: string): Promise<ReadDialect> {
  let module: { dialect?: unknown };
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    throw new UsageError('DIALECT', `Cannot load the dialect ${file}: ${(error as Error).message}`, file);
  }
  if (typeof module.dialect !== 'object' || module.dialect === null)
    throw new UsageError('DIALECT', `Expected ${file} to export a \`dialect\`.`, file);
  const parsed = dialectModuleSchema.safeParse(module.dialect, { reportInput: true });
  const issues = parsed.success ? blankIssues(parsed.data, dirname(file)) : parsed.error.issues;
  const place = { value: module.dialect, placeOf: () => file };
  if (!parsed.success || issues.length > 0) throw problems('DIALECT', issues, place, file, new Map());
  return ownDialect(parsed.data, { folder: dirname(file), module: file, written: { module: file }, secrets: [] });
}

function readText(file: string): string {
  try {
    return readTextFile(file);
  } catch (error) {
    throw new UsageError('DIALECT', `Cannot read the dialect ${file}: ${fileProblem(error)}.`, file);
  }
}

/** Files that a dialect names lie beside it. */
function withFiles(dialect: Dialect, folder: string): Dialect {
  const beside = (file: string | null) => (file === null ? null : resolve(folder, file));
  const { users, credentials, tls, pid, parser } = dialect;
  return {
    ...dialect,
    users: beside(users),
    credentials: beside(credentials),
    tls: { ...tls, ca: beside(tls.ca) },
    pid: typeof pid === 'string' ? beside(pid) : pid,
    parser: parser?.startsWith('.') ? beside(parser) : parser,
  };
}

/** Of what may be secret only the names are kept. */
function withoutSecrets(written: unknown): unknown {
  if (typeof written !== 'object' || written === null) return written;
  const { auth, headers, query, login, vitals, ...rest } = written as Record<string, unknown>;
  const named = Object.entries({ auth, headers, query }).filter(([, values]) => values !== undefined);
  return {
    ...rest,
    ...Object.fromEntries(named.map(([key, values]) => [key, Object.keys(values as object)])),
    ...(typeof vitals === 'object' && vitals !== null && { vitals: { ...vitals, token: 'hidden' } }),
    ...(typeof login === 'object' && login !== null && { login: { path: (login as { path?: unknown }).path } }),
  };
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return /\{[a-z]\w*\}/i.test(value) ? [] : [value];
  if (typeof value === 'number') return [String(value)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
