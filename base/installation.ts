/** Where chatstorm itself lies. In a clone its sources run as they are; the package has them compiled, in `dist/`. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Whether these are the sources. */
export const isSource = import.meta.url.endsWith('.ts');

const root = new URL(isSource ? '../' : '../../', import.meta.url);

/** What package.json says. */
export const ownPackage = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};

/** Where Node keeps what it compiled, so that a command, a child and a server that was killed are soon there. */
export const compileCache = fileURLToPath(
  new URL(isSource ? 'node_modules/.cache/chatstorm' : '../.cache/chatstorm', root),
);

/** Where runs are put and looked for, from the working folder, unless another folder is named. */
export const RUNS_FOLDER = join('reports', 'runs');

/** The address of a module by its name in the sources, such as `./fold-thread.ts`, beside the module at `base`. */
export function moduleUrl(source: string, base: string): URL {
  return new URL(isSource ? source : source.replace(/ts$/, 'js'), base);
}

/** The same as a path. */
export function modulePath(source: string, base: string): string {
  return fileURLToPath(moduleUrl(source, base));
}
