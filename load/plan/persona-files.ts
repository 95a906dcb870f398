import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../../base/errors.ts';
import { type Persona, personaIn } from '../../bots/persona.ts';
import { personas } from '../../bots/personas/shipped.ts';

/** What a persona is called: its name, or its file's. */
export function personaName(nameOrFile: string): string {
  return basename(nameOrFile).replace(/\.m?[jt]s$/, '');
}

/** Personas by name; those that are files are loaded. Throws a UsageError that says what is wrong with one. */
export async function loadPersonas(who: readonly string[]): Promise<Record<string, Persona>> {
  const loaded = await Promise.all(who.map(async (nameOrFile) => [personaName(nameOrFile), await load(nameOrFile)]));
  return Object.fromEntries(loaded);
}

async function load(nameOrFile: string): Promise<Persona> {
  if (Object.hasOwn(personas, nameOrFile)) return personas[nameOrFile]!;
  const refuse = (message: string) => new UsageError('PERSONA', message, nameOrFile);
  if (!/\.m?[jt]s$/.test(nameOrFile)) {
    const known = Object.keys(personas).join(', ');
    throw refuse(`Expected a persona, one of ${known}, or the path of a .ts file, got ${nameOrFile}.`);
  }
  if (!/^[a-z][a-z0-9-]*$/.test(personaName(nameOrFile)))
    throw refuse(`Expected a persona's file to be named like lift-rider.ts, got ${nameOrFile}.`);
  let module: unknown;
  try {
    module = await import(pathToFileURL(resolve(nameOrFile)).href);
  } catch (error) {
    throw refuse(`Cannot load the persona ${nameOrFile}: ${(error as Error).message}`);
  }
  return personaIn(module, nameOrFile);
}
