import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UsageError } from '../../base/errors.ts';
import { moduleUrl } from '../../base/installation.ts';
import { type Persona, personaIn } from '../../bots/persona.ts';
import { personas } from '../../bots/personas/shipped.ts';

/** A persona, and the address of the file that it is in. */
export interface LoadedPersona {
  readonly persona: Persona;
  readonly url: string;
}

/** What a persona is called: its name, or its file's. */
export function personaName(nameOrFile: string): string {
  return basename(nameOrFile).replace(/\.m?[jt]s$/, '');
}

/** Whether it is the name of one that chatstorm brings along. */
export function isShipped(nameOrFile: string): boolean {
  return Object.hasOwn(personas, nameOrFile);
}

/**
 * Loads a persona by its name, or from its file: to be called in a thread of its own, since it runs what is there. Throws
 * a UsageError that says what is wrong with it.
 */
export async function loadPersona(nameOrFile: string): Promise<LoadedPersona> {
  if (isShipped(nameOrFile)) {
    const url = moduleUrl(`../../bots/personas/${nameOrFile}.ts`, import.meta.url).href;
    return { persona: personas[nameOrFile]!, url };
  }
  const refuse = (message: string) => new UsageError('PERSONA', message, nameOrFile);
  if (!/\.m?[jt]s$/.test(nameOrFile)) {
    const known = Object.keys(personas).join(', ');
    throw refuse(`Expected a persona, one of ${known}, or the path of a .ts file, got ${nameOrFile}.`);
  }
  if (!/^[a-z][a-z0-9-]*$/.test(personaName(nameOrFile)))
    throw refuse(`Expected a persona's file to be named like lift-rider.ts, got ${nameOrFile}.`);
  const { href: url } = pathToFileURL(resolve(nameOrFile));
  let module: unknown;
  try {
    module = await import(url);
  } catch (error) {
    throw refuse(`Cannot load the persona ${nameOrFile}: ${(error as Error).message}`);
  }
  return { persona: personaIn(module, nameOrFile), url };
}
