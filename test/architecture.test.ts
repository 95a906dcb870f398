import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './chatstorm.ts';

/** Which of our folders each folder may import from. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  server: [],
  measure: [],
  faults: [],
  bots: ['measure'],
  scenarios: ['bots', 'faults', 'measure'],
  load: ['bots', 'faults', 'measure', 'scenarios'],
  reports: ['measure'],
};

/** The mains: only they may touch argv, env, stdio and exit. */
const mains = ['server/main.ts', 'load/probes.ts', 'load/proxy.ts', 'load/crowd.mts', 'load/leash.ts'];

function sourcesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.m?ts$/.test(file) && !file.endsWith('.test.ts') && !file.startsWith('runs/'))
    .map((file) => join(folder, file));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const paths = [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map((match) => match[1]!);
  return paths.map((path) => relative(root, join(root, dirname(file), path)));
}

test.each(Object.keys(mayImport))('%s imports only from where it may', (folder) => {
  const sources = sourcesOf(folder);
  expect(sources.length).toBeGreaterThan(0);
  const strays = sources.flatMap((file) =>
    importsOf(file)
      .map((path) => path.split('/')[0]!)
      .filter((from) => from !== folder && !mayImport[folder]!.includes(from))
      .map((from) => `${file} imports from ${from}`),
  );
  expect(strays).toEqual([]);
});

test('measure touches no clock, no file and no socket', () => {
  const impure = /\b(?:Date\.now|new Date|performance\.|process\.|setTimeout|setInterval|from 'node:(?!zlib'))/;
  const strays = sourcesOf('measure').filter((file) => impure.test(readFileSync(join(root, file), 'utf8')));
  expect(strays).toEqual([]);
});

test('only mains touch argv, env, stdio and exit', () => {
  // Handing the whole environment on to a child (`...process.env`) is no reading of it.
  const edge = /process\.(?:argv|exit\b|exitCode|stdout|stderr|stdin)|(?<!\.\.\.)process\.env|console\./;
  const strays = Object.keys(mayImport)
    .flatMap(sourcesOf)
    .filter((file) => !mains.includes(file) && edge.test(readFileSync(join(root, file), 'utf8')));
  expect(strays).toEqual([]);
});
