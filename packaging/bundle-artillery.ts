import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { bundleEngine } from './bundle-engine.ts';

const require = createRequire(import.meta.url);
const artillery = dirname(require.resolve('artillery/package.json'));
const engine = dirname(require.resolve('artillery-engine-socketio-v3/package.json'));

/**
 * Bundles what `artillery run` needs on this machine, and its engines for Socket.IO, into `out`. Artillery and what it depends
 * on are 800 packages and 500 MB, most of them for clouds and browsers, and one of them downloads a browser when it is
 * installed; a package cannot override what its dependencies depend on. Lays it out as Artillery's own package, so that it
 * finds its package.json, its worker, its plugins and engines where it looks for them. Resolves with the files that went in.
 */
export async function bundleArtillery(out: string): Promise<string[]> {
  const lib = join(artillery, 'dist', 'lib');
  const inputs = [
    await bundle({
      entryPoints: {
        'lib/artillery-global': join(lib, 'artillery-global.js'),
        'lib/console-capture': join(lib, 'console-capture.js'),
        'lib/run': join(lib, 'cmds', 'run.js'),
        'lib/worker': join(lib, 'platform', 'local', 'worker.js'),
        ...plugins(),
      },
      outdir: out,
      splitting: true,
      chunkNames: 'lib/[name]-[hash]',
      format: 'esm',
      banner: {
        js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
      },
    }),
    await bundle({
      entryPoints: { 'builtin-packages/artillery-engine-socketio-v3/index': join(engine, 'index.js') },
      outdir: out,
      format: 'cjs',
    }),
  ];
  mkdirSync(join(out, 'bin'), { recursive: true });
  copyFileSync(fileURLToPath(new URL('artillery-run.js', import.meta.url)), join(out, 'bin', 'run.js'));
  describe(out, artillery, { type: 'module' });
  describe(join(out, 'builtin-packages', 'artillery-engine-socketio-v3'), engine, { type: 'commonjs' });
  await placeOwnEngine(join(out, 'builtin-packages', 'artillery-engine-chatstorm'));
  for (const name of pluginNames()) {
    describe(join(out, 'builtin-packages', name), join(artillery, 'dist', 'builtin-packages', name), {
      type: 'module',
      main: './index.js',
    });
  }
  return inputs.flat();
}

/** The engine of our own, laid out as in its package. */
async function placeOwnEngine(folder: string): Promise<void> {
  const engine = fileURLToPath(new URL('../engine', import.meta.url));
  await bundleEngine(join(folder, 'dist'));
  copyFileSync(join(engine, 'index.cjs'), join(folder, 'index.cjs'));
  describe(folder, engine, { type: 'module', main: 'index.cjs' });
}

async function bundle(options: BuildOptions): Promise<string[]> {
  const { metafile } = await build({
    ...options,
    bundle: true,
    platform: 'node',
    target: 'node22.18',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    // What chatstorm's own bots use is not brought along twice.
    external: ['socket.io-client', 'socket.io-msgpack-parser'],
    // Its sources read files of their own when they are loaded; this is what it has for browsers.
    alias: { jsonpath: 'jsonpath/jsonpath.js' },
    plugins: [withoutClouds, knowingItsVersion],
    metafile: true,
    logLevel: 'error',
  });
  return Object.keys(metafile.inputs);
}

/** Plugins of Artillery that a scenario can name; the others are for browsers and for what Artillery publishes itself. */
function pluginNames(): string[] {
  const left = new Set(['artillery-engine-playwright', 'artillery-plugin-publish-metrics']);
  return readdirSync(join(artillery, 'dist', 'builtin-packages')).filter((name) => !left.has(name));
}

function plugins(): Record<string, string> {
  const folder = (name: string) => join(artillery, 'dist', 'builtin-packages', name);
  return Object.fromEntries(
    pluginNames().map((name) => [
      `builtin-packages/${name}/index`,
      join(folder(name), JSON.parse(readFileSync(join(folder(name), 'package.json'), 'utf8')).main),
    ]),
  );
}

/** Puts an empty module in the place of what only runs in clouds, with browsers, or TypeScript processors need. */
const withoutClouds: Plugin = {
  name: 'without-clouds',
  setup({ onResolve, onLoad }) {
    const unneeded = /^(@aws-sdk|@azure|@smithy|@upstash|@opentelemetry)\/|^(playwright|sqs-consumer|esbuild-wasm)$/;
    onResolve({ filter: unneeded }, ({ path }) => ({ path, namespace: 'empty' }));
    onLoad({ filter: /./, namespace: 'empty' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** Gives Artillery its version where it looks into its own package.json. */
const knowingItsVersion: Plugin = {
  name: 'knowing-its-version',
  setup({ onLoad }) {
    const [manifest, ours] = ["require('artillery/package.json')", join(artillery, 'package.json')];
    const version = JSON.stringify({ version: JSON.parse(readFileSync(ours, 'utf8')).version });
    onLoad({ filter: /artillery\/dist\/lib\/.*\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(manifest, `(${version})`),
    }));
  },
};

/** The package.json of what was bundled: its name and version, and how it is loaded now. */
function describe(folder: string, from: string, how: Readonly<Record<string, unknown>>): void {
  const { name, version, license } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ name, version, license, ...how }, undefined, 2)}\n`);
}
