import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { UsageError } from '../../base/errors.ts';
import { randomOf } from '../../base/random.ts';
import { foldInBounds } from '../../load/folder/bounded-fold.ts';
import { FolderStore } from '../../load/folder/folder-store.ts';
import { foldFolder, readRun } from '../../load/folder/run-folder.ts';
import { Histogram } from '../../measure/metrics/histogram.ts';
import type { FoldedRun } from '../../measure/run-record/run-record.ts';
import { foldRun } from '../support/fold-run.ts';
import { plan } from '../support/plan.ts';
import { mutatedText } from './mutations.ts';

const root = mkdtempSync(join(tmpdir(), 'chatstorm-folders-'));
const folder = join(root, 'run');
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  write('plan.json', JSON.stringify(plan));
  write('probes-0-0.ndjson', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
});

const source = { role: 'probes', shard: 0, number: 0 };
const latency = new Histogram();
for (let ms = 1; ms < 50; ms += 1) latency.record(ms);
const histograms = { 'broadcast.latency': latency.encode() };
const window = {
  at: 1,
  source,
  counters: { 'delivery.expected': 49, 'delivery.delivered': 49 },
  histograms,
  gauges: {},
};
const lines = [window, { ...window, at: 2 }, { at: 5, source, event: { kind: 'closed', at: 5000 } }];

function write(file: string, content: string | Buffer): void {
  writeFileSync(join(folder, file), content);
}

/** What folding the folder comes to: a record's expected deliveries, or the sentence why there is none. */
async function outcome(): Promise<number | string> {
  return foldInBounds(folder).then(expectedIn, sentenceOf);
}

/** The same in this thread. */
function folded(): number | string {
  try {
    return expectedIn(foldFolder(folder));
  } catch (error) {
    return sentenceOf(error);
  }
}

function expectedIn({ metrics }: FoldedRun): number {
  const metric = metrics['delivery.expected'];
  return metric && 'value' in metric ? metric.value : 0;
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof UsageError)) throw error;
  return error.message;
}

const text = (object: unknown) => `${JSON.stringify(object)}\n`;
const changed = (change: object) => text({ ...window, ...change });

function encoded(inflated: Buffer): string {
  const deflated = deflateSync(inflated);
  const head = Buffer.alloc(8);
  head.writeInt32BE(0x1c849304);
  head.writeInt32BE(deflated.length, 4);
  return Buffer.concat([head, deflated]).toString('base64');
}

const inflating = encoded(Buffer.alloc(1 << 30));

/** Lines that stand for something else, and what comes of them: the deliveries that are left, or a sentence. */
const damaged: [string, string, number | RegExp][] = [
  ['nothing', '', 0],
  ['an empty line', '\n\n\n', 0],
  ['no JSON', 'no\n{\n[\n', 0],
  ['null, a number, a list', 'null\n5\n[]\n"x"\ntrue\n', 0],
  ['another role', changed({ source: { ...source, role: 'king' } }), 0],
  ['no source', changed({ source: null }), 0],
  ['a fraction of a second', changed({ at: 3.5 }), 0],
  ['a second in a million years', changed({ at: 1e15 }), 0],
  ['a second before the run', changed({ at: -5 }), 0],
  ['counters that are texts', changed({ counters: { 'delivery.expected': '5' } }), 0],
  ['counters without end', changed({ counters: { 'delivery.expected': 1e308 } }), 1e308],
  ['counters below zero', changed({ counters: { 'delivery.expected': -5 } }), -5],
  [
    'names of objects',
    text(
      JSON.parse(
        `{"at":3,"source":${JSON.stringify(source)},"counters":{"__proto__":1},"histograms":{"constructor":"x"},"gauges":{}}`,
      ),
    ),
    /damaged|^0$/,
  ],
  ['a histogram that is none', changed({ histograms: { 'broadcast.latency': 'hello' } }), /are damaged/],
  ['a histogram that is empty', changed({ histograms: { 'broadcast.latency': '' } }), /are damaged|^49$/],
  [
    'a histogram of other buckets',
    changed({ histograms: { 'broadcast.latency': encoded(Buffer.alloc(60, 1)) } }),
    /are damaged/,
  ],
  [
    'a histogram that inflates to a gigabyte',
    changed({ histograms: { 'broadcast.latency': inflating } }),
    /are damaged/,
  ],
  [
    'a hundred thousand metrics',
    changed({ counters: Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`errors{reason=r${at}}`, 1])) }),
    /more counters than any run has/,
  ],
  [
    'ten thousand histograms',
    changed({
      histograms: Object.fromEntries(
        Array.from({ length: 10_000 }, (_, at) => [`connect.time{network=n${at}}`, latency.encode()]),
      ),
    }),
    /more histograms than any run has|^49$/,
  ],
  ['a line of 20 MB', `${'x'.repeat(20 << 20)}\n${text(window)}`, 49],
  ['an event that is none', text({ at: 1, source, event: { kind: 'died', at: 1 } }), 0],
  [
    'an event with something else',
    text({ at: 1, source, event: { kind: 'faultOn', at: 1, bots: 'all', fault: {} } }),
    0,
  ],
  [
    'a death of nobody',
    text({ at: 1, source, event: { kind: 'died', at: 1, role: {}, end: [], said: 'x' } }),
    /damaged|^0$/,
  ],
  ['a torn last line', text(window) + text(window).slice(0, 30), 49],
  ['bytes', '\u0000\u0001\n\ufffd\n', 0],
];

test.each(damaged)('lines of $0', (_what, content, expected) => {
  write('probes-0-0.ndjson', content);
  const got = folded();
  if (typeof expected === 'number') expect(got).toBe(expected);
  else expect(String(got)).toMatch(expected);
});

test.each([
  ['nothing', ''],
  ['null', 'null'],
  ['a list', '[]'],
  ['an empty object', '{}'],
  ['no JSON', '{'],
  ['a phase of a thousand million seconds', text({ ...plan, phases: { ...plan.phases, measure: 1e9 } })],
  ['a phase below zero', text({ ...plan, phases: { ...plan.phases, warmup: -1 } })],
  [
    'an outage until the end of time',
    text({
      ...plan,
      outages: [{ fault: 'f', kinds: [], cuts: 'never', what: '', bots: [0, 1], from: 0, until: 1, to: 1e12 }],
    }),
  ],
  ['an unknown key', text({ ...plan, extra: 1 })],
  ['another version', text({ ...plan, schemaVersion: 999 })],
  ['lists in lists', '['.repeat(100_000)],
  ['twenty megabytes', JSON.stringify({ ...plan, seed: 'x'.repeat(20 << 20) })],
])('a plan of $0 is refused', (_what, content) => {
  write('plan.json', content);
  expect(folded()).toMatch(/^Expected \S+\/run to be a run's folder: it has an unreadable plan\.json/);
  rmSync(join(folder, 'probes-0-0.ndjson'));
});

test('a plan of the longest run there may be is folded in time', async () => {
  write('plan.json', text({ ...plan, phases: { warmup: 0, measure: 86_400, drain: 10 } }));
  expect(await outcome()).toBe(98);
});

test.each([
  ['a pipe', (path: string) => void execFileSync('mkfifo', [path])],
  ['an endless device', (path: string) => symlinkSync('/dev/zero', path)],
  ['a folder', (path: string) => mkdirSync(path)],
])('%s in the place of a file is no run, and nothing waits for it', async (_what, make) => {
  for (const [file, expected] of [
    ['plan.json', /unreadable plan\.json/],
    ['crowd-0-0.ndjson', /^98$|EISDIR|damaged/],
  ] as const) {
    rmSync(join(folder, file), { recursive: true, force: true });
    make(join(folder, file));
    expect(String(await outcome())).toMatch(expected);
    rmSync(join(folder, file), { recursive: true, force: true });
    write('plan.json', JSON.stringify(plan));
  }
  make(join(folder, 'run.json'));
  expect(() => readRun(join(folder, 'run.json'))).toThrow(UsageError);
  expect(FolderStore.in(root).stateOf('run').state).toBe('unreadable');
});

test('events without end are refused in time and memory', async () => {
  const event = text({ at: 1, source, event: { kind: 'connecting', at: 1000, bot: 1 } });
  write('probes-0-0.ndjson', event.repeat(1 << 20));
  const before = process.memoryUsage().rss;
  const startedAt = performance.now();
  await outcome();
  expect(performance.now() - startedAt).toBeLessThan(30_000);
  expect(process.memoryUsage().rss - before).toBeLessThan(700 << 20);
}, 60_000);

test('1,500 damaged folders and records are refused in sentences, or read', () => {
  const random = randomOf('folders');
  const record = JSON.stringify(foldRun(plan, lines as never));
  const originals = {
    'plan.json': JSON.stringify(plan),
    'probes-0-0.ndjson': readFileSync(join(folder, 'probes-0-0.ndjson'), 'utf8'),
  };
  let refused = 0;
  for (let at = 0; at < 1500; at += 1) {
    const file = at % 3 === 0 ? 'run.json' : at % 3 === 1 ? 'plan.json' : 'probes-0-0.ndjson';
    const original = file === 'run.json' ? record : originals[file];
    const content = mutatedText(original, random);
    write(file, content);
    try {
      if (file === 'run.json') readRun(join(folder, file));
      else foldFolder(folder);
    } catch (error) {
      if (!(error instanceof UsageError)) throw new Error(`${(error as Error).stack}\nin ${file}:\n${content}`);
      refused += 1;
    }
    if (file !== 'run.json') write(file, original);
  }
  expect(refused).toBeGreaterThan(300);
});

test('copies of nothing but names are listed, and say what is wrong with them', () => {
  cpSync(folder, join(root, 'copy'), { recursive: true });
  for (const file of readdirSync(join(root, 'copy'))) writeFileSync(join(root, 'copy', file), '');
  expect(FolderStore.in(root).stateOf('copy').state).toBe('unreadable');
  rmSync(join(root, 'copy'), { recursive: true });
});
