import { type Identity, nobody, redacted } from './user-identity.ts';

/** What a connection knows of its user: who it is, what the target has told it since, and what of both is secret. */
export class UserFacts {
  readonly #sharedSecrets: readonly string[];
  #learned: Readonly<Record<string, string>> = {};
  identity: Identity;

  /** `sharedSecrets` are those that all users share. */
  constructor(identity: Identity = nobody, sharedSecrets: readonly string[] = []) {
    this.identity = identity;
    this.#sharedSecrets = sharedSecrets;
  }

  get blanks(): Readonly<Record<string, string>> {
    return { ...this.identity.blanks, ...this.#learned };
  }

  learn(name: string, value: string): void {
    this.#learned = { ...this.#learned, [name]: value };
  }

  redact(text: string): string {
    const cookies = this.identity.jar?.serializeSync()?.cookies.map(({ value }) => String(value)) ?? [];
    const { n: _n, name: _name, ...own } = this.blanks;
    return redacted(text, [...this.#sharedSecrets, ...Object.values(own), ...cookies]);
  }
}
