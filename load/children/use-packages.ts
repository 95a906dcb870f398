/**
 * Loaded into a child before anything of the chat (`node --import`), where a run is made with packages of other versions: what they
 * are called leads to the folder that they were installed in.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { CHATSTORM_PACKAGES: folder } = process.env;

if (folder) {
  const manifest = join(folder, 'package.json');
  const { dependencies } = JSON.parse(readFileSync(manifest, 'utf8')) as { dependencies: Record<string, string> };
  const parentURL = pathToFileURL(manifest).href;
  const isThere = (specifier: string) =>
    Object.keys(dependencies).some((name) => specifier === name || specifier.startsWith(`${name}/`));
  registerHooks({
    resolve: (specifier, context, next) => next(specifier, isThere(specifier) ? { ...context, parentURL } : context),
  });
}
