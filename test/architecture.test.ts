import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './support/chatstorm.ts';

/** Which rooms each room may import from, besides itself: the table and the drawing of ARCHITECTURE.md. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  base: [],
  server: ['base'],
  measure: ['base'],
  faults: ['base'],
  bots: ['base', 'measure'],
  engine: ['base', 'bots', 'measure'],
  scenarios: ['base', 'bots', 'faults', 'measure'],
  doctor: ['base', 'bots'],
  load: ['base', 'bots', 'doctor', 'faults', 'measure', 'scenarios'],
  reports: ['base', 'measure'],
  'measure/metrics': [],
  'measure/statistics': ['measure/metrics'],
  'measure/ledger': ['measure/metrics'],
  'measure/run-record': ['measure/metrics'],
  'measure/record': ['measure/metrics', 'measure/statistics', 'measure/ledger'],
  'measure/judge': ['measure/metrics', 'measure/statistics', 'measure/run-record'],
  'measure/capacity': ['measure/metrics', 'measure/statistics', 'measure/run-record', 'measure/judge'],
  'measure/fold': ['measure/metrics', 'measure/statistics', 'measure/run-record', 'measure/judge', 'measure/capacity'],
  'measure/compare': ['measure/metrics', 'measure/statistics', 'measure/run-record', 'measure/judge'],
  'reports/findings': ['reports/wording'],
  'reports/wording': [],
  'reports/terminal': ['reports/wording'],
  'reports/pipeline': ['reports/wording'],
  'reports/exporters': [],
  'reports/page': ['reports/wording', 'reports/render', 'reports/pipeline'],
  'reports/render': ['reports/wording'],
  'reports/serve': ['reports/wording', 'reports/findings', 'reports/render'],
};

/** The only files that may touch argv, env, stdio and exit, with the commands. */
const mains = [
  'chatstorm.ts',
  'server/main.ts',
  'load/children/probes-main.ts',
  'load/children/proxy-main.ts',
  'load/children/null-target-main.ts',
  'load/children/crowd.mts',
  'load/children/crowd-relay.ts',
  'engine/chatstorm-engine.ts',
  'engine/steps/log-step.ts',
  'load/children/leash.ts',
  'load/children/use-packages.ts',
  'load/children/audit-main.ts',
];

/** Names that several files may have: the entry of a bundle or process. */
const sharedNames = ['main.ts'];

const rooms = [
  'base',
  'server',
  'bots',
  'engine',
  'faults',
  'measure',
  'scenarios',
  'doctor',
  'load',
  'reports',
  'commands',
];
const sources = ['chatstorm.ts', 'index.ts', ...rooms.flatMap(sourcesIn)];
const importsOf = new Map(sources.map((file) => [file, importsIn(file)]));

function sourcesIn(room: string): string[] {
  return readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.m?ts$/.test(file) && !file.endsWith('.test.ts') && !file.startsWith('runs/'))
    .map((file) => join(room, file));
}

/** The files of ours that a file imports, types included. */
function importsIn(file: string): string[] {
  const paths = [...textOf(file).matchAll(/(?:from|import|import\()\s*'(\.[^']+)'/g)].map((match) => match[1]!);
  return paths.map((path) => relative(root, join(root, dirname(file), path))).filter((path) => !path.endsWith('.json'));
}

function textOf(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** A file's room at a depth: 1 for `measure`, 2 for `measure/fold`. */
function roomOf(file: string, depth: number): string {
  return dirname(file).split('/').slice(0, depth).join('/');
}

test.each(Object.keys(mayImport))('%s imports only from where it may', (room) => {
  const depth = room.split('/').length;
  const own = sources.filter((file) => file.startsWith(`${room}/`));
  expect(own.length).toBeGreaterThan(0);
  const strays = own.flatMap((file) =>
    importsOf
      .get(file)!
      .filter((path) => depth === 1 || path.startsWith(`${dirname(room)}/`))
      .map((path) => roomOf(path, depth))
      .filter((from) => from !== room && !mayImport[room]!.includes(from))
      .map((from) => `${file} imports from ${from}`),
  );
  expect(strays).toEqual([]);
});

test('every room within measure and reports has its arrows', () => {
  const inner = sources.map((file) => roomOf(file, 2)).filter((room) => /^(measure|reports)\/./.test(room));
  expect([...new Set(inner)].filter((room) => !mayImport[room])).toEqual([]);
});

test('no files import in a circle, types included', () => {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (path.includes(file) || done.has(file)) return;
    for (const next of importsOf.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of sources) visit(file, []);
  expect(circles).toEqual([]);
});

test('no two files share a name', () => {
  const byName = Map.groupBy(
    sources.filter((file) => !file.startsWith('commands/')),
    (file) => basename(file),
  );
  const shared = [...byName].filter(([name, files]) => files.length > 1 && !sharedNames.includes(name));
  expect(shared.map(([, files]) => files)).toEqual([]);
});

describe('purity', () => {
  test('measure touches no clock, no file and no socket', () => {
    const impure = /\b(?:Date\.now|new Date|performance\.|process\.|setTimeout|setInterval|from 'node:(?!zlib'))/;
    const strays = sources.filter((file) => file.startsWith('measure/') && impure.test(textOf(file)));
    expect(strays).toEqual([]);
  });

  test('only mains and commands touch argv, env, stdio and exit', () => {
    // Passing the whole environment to a child (`...process.env`) is not reading it.
    const edge = /process\.(?:argv|exit\b|exitCode|stdout|stderr|stdin)|(?<!\.\.\.)process\.env|console\./;
    const strays = sources.filter(
      (file) => !file.startsWith('commands/') && !mains.includes(file) && edge.test(textOf(file)),
    );
    expect(strays).toEqual([]);
    expect(mains.filter((file) => !sources.includes(file))).toEqual([]);
  });
});
