import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles the engine and what it takes of the other rooms into `out`; packages that it depends on stay outside. */
export async function bundleEngine(out: string): Promise<void> {
  mkdirSync(out, { recursive: true });
  await build({
    entryPoints: [fileURLToPath(new URL('../engine/chatstorm-engine.ts', import.meta.url))],
    outfile: join(out, 'chatstorm-engine.js'),
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node22.18',
    format: 'esm',
    keepNames: true,
    legalComments: 'none',
    logLevel: 'error',
  });
}
