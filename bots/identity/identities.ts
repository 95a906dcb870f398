import { pathToFileURL } from 'node:url';
import { CookieJar } from 'tough-cookie';
import { UsageError } from '../../base/errors.ts';
import { fileProblem } from '../../base/file-problem.ts';
import { readTextFile } from '../../base/read-text-file.ts';
import { nameOf } from '../chatter.ts';
import type { Blanks, Dialect } from '../dialect/dialect.ts';
import type { TlsOptions } from '../http-exchange.ts';
import { logIn } from './login.ts';
import type { Identity } from './user-identity.ts';
import { readUsers } from './users-file.ts';

type CredentialsOf = (n: number) => Blanks | Promise<Blanks>;

/** Who the users of a run are: from a dialect's `users`, `credentials` and `login`. */
export class Identities {
  readonly #dialect: Dialect;
  readonly #target: URL;
  readonly #rows: readonly Blanks[];
  readonly #credentialsOf: CredentialsOf;
  readonly #tls: TlsOptions;
  readonly #known = new Map<number, Promise<Identity>>();

  private constructor(dialect: Dialect, target: URL, credentialsOf: CredentialsOf) {
    this.#dialect = dialect;
    this.#target = target;
    this.#rows = dialect.users ? readUsers(dialect.users) : [];
    this.#credentialsOf = credentialsOf;
    this.#tls = tlsOptionsOf(dialect);
  }

  /** Reads what the dialect names. Rejects with a UsageError where that cannot be read. */
  static async open(dialect: Dialect, target: URL): Promise<Identities> {
    const credentialsOf = dialect.credentials ? await loadCredentials(dialect.credentials) : () => ({});
    return new Identities(dialect, target, credentialsOf);
  }

  /** How many users there can be; undefined for any number. */
  get size(): number | undefined {
    return this.#dialect.users ? this.#rows.length : undefined;
  }

  /** User `n`, logged in where the dialect says how, once. Rejects with an Error that says what failed. */
  of(n: number): Promise<Identity> {
    const known = this.#known.get(n) ?? this.#make(n);
    this.#known.set(n, known);
    return known;
  }

  async #make(n: number): Promise<Identity> {
    const { login, cookies } = this.#dialect;
    const row = this.#rows[n];
    if (this.#dialect.users && !row) throw new Error(`users: there is no row ${n + 1}`);
    const jar = login || cookies ? new CookieJar(undefined, { rejectPublicSuffixes: false }) : undefined;
    const given = { n: String(n), name: nameOf(n), ...row, ...(await this.#credentials(n)) };
    const taken = login && jar && (await this.#logIn(login, given, jar));
    return { blanks: { ...given, ...taken }, jar: cookies ? jar : undefined };
  }

  async #credentials(n: number): Promise<Blanks> {
    try {
      const given = await this.#credentialsOf(n);
      return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
    } catch (error) {
      throw new Error(`credentials: ${(error as Error).message}`);
    }
  }

  async #logIn(login: NonNullable<Dialect['login']>, given: Blanks, jar: CookieJar): Promise<Blanks> {
    try {
      return await logIn(login, this.#target, given, jar, this.#tls);
    } catch (error) {
      throw new Error(`login: ${(error as Error).message}`);
    }
  }
}

/** How the dialect has a target's certificate checked. Throws a UsageError where the file with its own cannot be read. */
export function tlsOptionsOf({ tls }: Dialect): TlsOptions {
  if (!tls.ca) return tls.insecure ? { rejectUnauthorized: false } : {};
  try {
    return { ca: readTextFile(tls.ca), rejectUnauthorized: !tls.insecure };
  } catch (error) {
    throw new UsageError('DIALECT', `Cannot read the certificate ${tls.ca}: ${fileProblem(error)}.`, tls.ca);
  }
}

async function loadCredentials(file: string): Promise<CredentialsOf> {
  let module: unknown;
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    throw new UsageError('DIALECT', `Cannot load the credentials ${file}: ${(error as Error).message}`, file);
  }
  const { credentials } = module as { credentials?: unknown };
  if (typeof credentials === 'function') return credentials as CredentialsOf;
  throw new UsageError('DIALECT', `Expected ${file} to export a function \`credentials(n)\`.`, file);
}
