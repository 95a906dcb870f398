/**
 * Builds the package: what it takes from this folder is listed in package.json under `files`, the rest is made in `dist/`. A
 * clone needs none of it.
 *
 *   dist/*.js, *.d.ts         the sources, compiled; declarations of what index.ts gives
 *   dist/ROOM/page              the page, the dashboard and the list of runs, bundled for the browser
 *   dist/artillery            Artillery, as far as a crowd needs it
 *   dist/load/workers/shard-queue.js   the queue of shards, with BullMQ in it
 *   dist/THIRD-PARTY.txt      the licences of what was bundled
 */

import { execFileSync } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundleForBrowser } from '../base/browser-bundle.ts';
import { bundleArtillery } from './bundle-artillery.ts';
import { noticesOf } from './notices.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
execFileSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', join('packaging', 'tsconfig.json')], {
  cwd: root,
  stdio: 'inherit',
});
keepPublicDeclarations();
copyData();
const bundled = [
  ...(await bundlePages()),
  ...(await bundleArtillery(join(dist, 'artillery'))),
  ...(await bundleQueue()),
];
writeFileSync(join(dist, 'THIRD-PARTY.txt'), noticesOf(bundled));

/** Removes declarations that index.d.ts does not lead to. */
function keepPublicDeclarations(): void {
  const kept = new Set<string>();
  const queue = [join(dist, 'index.d.ts')];
  for (let file = queue.pop(); file; file = queue.pop()) {
    if (kept.has(file)) continue;
    kept.add(file);
    for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/(?:from |import\()['"](\.[^'"]+)['"]/g))
      queue.push(join(dirname(file), path.replace(/\.[jt]s$/, '.d.ts')));
  }
  for (const path of globSync('**/*.d.{ts,mts}', { cwd: dist })) {
    const file = join(dist, path);
    if (!kept.has(file)) rmSync(file);
  }
}

/** Copies what sources read as files. */
function copyData(): void {
  const data = [
    'scenarios/*.{yml,json}',
    'measure/run-record/*.schema.json',
    'commands/*.schema.json',
    'load/children/*.sh',
    'server/page/*.{html,svg}',
  ];
  for (const path of globSync(data, { cwd: root })) {
    const to = join(dist, path);
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(join(root, path), to);
  }
}

/** Bundles the chat's page, the dashboard and the list of runs. Resolves with the files that went in. */
async function bundlePages(): Promise<string[]> {
  const inputs: string[] = [];
  for (const page of ['server/page', 'reports/page', 'reports/serve/page']) {
    mkdirSync(join(dist, page), { recursive: true });
    for (const [entry, made] of [
      ['main.ts', 'main.js'],
      ['style.css', 'style.css'],
    ] as const) {
      const { text, files } = await bundleForBrowser(join(root, page, entry));
      inputs.push(...files);
      writeFileSync(join(dist, page, made), text);
    }
  }
  return inputs;
}

/**
 * Puts BullMQ into the only file that uses it: by itself it would bring an install script, and ten packages more. What it can do without is
 * left out; Redis' client is one of ours. Resolves with the files that went in.
 */
async function bundleQueue(): Promise<string[]> {
  const file = join(dist, 'load', 'workers', 'shard-queue.js');
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [file],
    outfile: file,
    allowOverwrite: true,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    external: ['ioredis', 'msgpackr-extract', 'bullmq-otel', 'pg', 'redis'],
    banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
    metafile: true,
    legalComments: 'none',
  });
  return Object.keys(metafile.inputs).filter((input) => input.includes('node_modules'));
}
