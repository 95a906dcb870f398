import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isSource, moduleUrl } from './installation.ts';

/**
 * A script or a style for the browser as one text, by the name of its entry in the sources beside the module at `base`:
 * bundled now in a clone, and when it was built in the package. Rejects with esbuild's sentence where the sources are wrong.
 */
export async function browserBundle(source: string, base: string): Promise<string> {
  const entry = moduleUrl(source, base);
  return isSource ? (await bundleForBrowser(fileURLToPath(entry))).text : readFile(entry, 'utf8');
}

/** Bundles an entry and what it imports; `files` are all that went in. */
export async function bundleForBrowser(entry: string): Promise<{ text: string; files: string[] }> {
  const { build } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'es2022',
    logLevel: 'silent',
    metafile: true,
  });
  return { text: outputFiles[0]?.text ?? '', files: Object.keys(metafile.inputs) };
}
