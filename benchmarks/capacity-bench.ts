import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunRecord } from '../measure/run-record/run-record.ts';
import type { CapacityConfig } from '../scenarios/scenario-schema.ts';
import { root } from '../test/support/chatstorm.ts';
import type { KnownCapacity } from '../test/support/known-capacity.ts';
import { PROBE_RATE, PROBES, startKnown, writeSearch } from '../test/support/search.ts';

/** A search of a target whose capacity is known. */
export interface KnownSearch {
  readonly name: string;
  readonly truth: number | null;
  readonly capacity: NonNullable<RunRecord['capacity']>;
  readonly seconds: number;
}

/** Searches take half a minute to two, with an interval of a fifth. */
const search: Partial<CapacityConfig> = {
  ...{ from: 40, roomSize: 10, window: 2, precision: 1.2, good: 0.8, confidence: 0.8 },
};
const perSecond = 400;

/** In messages a second, of which the probes send some, or in users, of whom some are the probes. */
const targets: readonly { name: string; known: KnownCapacity; truth: number | null; isStarved?: true }[] = [
  { name: 'queue', known: { kind: 'queue', perSecond }, truth: perSecond - PROBE_RATE },
  { name: 'breaks at N', known: { kind: 'connections', most: 300 }, truth: 300 - PROBES },
  { name: 'leaks', known: { kind: 'leak', perSecond, worse: 1.002 }, truth: null },
  { name: 'hysteresis', known: { kind: 'hysteresis', perSecond }, truth: perSecond - PROBE_RATE },
  // How much of the noise a queue of a quarter of a second evens out is not known.
  { name: 'noisy', known: { kind: 'noisy', perSecond }, truth: null },
  { name: 'CPU', known: { kind: 'cpu', eachMs: 2, stolen: 0 }, truth: null },
  { name: 'CPU, half stolen', known: { kind: 'cpu', eachMs: 2, stolen: 0.5 }, truth: null },
  // What it reaches is never to be called the target's: `at least`, or no answer.
  {
    name: 'a generator with a fifth of a core',
    known: { kind: 'connections', most: 1e6 },
    truth: null,
    isStarved: true,
  },
];

const HOGS = 4;

/** Has others take four fifths of a core; returns how to end that. Sessions share a core evenly. */
function starveFirstCore(): () => void {
  const hogs = Array.from({ length: HOGS }, () =>
    spawn('taskset', ['-c', '0', process.execPath, '-e', 'for (;;);'], { stdio: 'ignore', detached: true }),
  );
  return () => {
    for (const hog of hogs) hog.kill('SIGKILL');
  };
}

/** Searches each target once. */
export async function* searchKnown(): AsyncGenerator<KnownSearch> {
  for (const { name, known, truth, isStarved } of targets) {
    const folder = mkdtempSync(join(tmpdir(), 'chatstorm-search-'));
    const target = await startKnown(known);
    const feed = isStarved ? starveFirstCore() : () => {};
    const from = performance.now();
    try {
      const out = join(folder, 'run');
      const args = ['load', writeSearch(folder, search), '--target', target.url, '--dialect', 'rooms', '--no-live'];
      const words = [process.execPath, join(root, 'chatstorm.ts'), ...args, '--out', out];
      const [program, ...rest] = isStarved ? ['taskset', '-c', '0', ...words] : words;
      const run = spawn(program!, rest, { stdio: 'ignore' });
      await once(run, 'exit');
      const record = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as RunRecord;
      yield { name, truth, capacity: record.capacity!, seconds: (performance.now() - from) / 1000 };
    } finally {
      feed();
      target.process.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  }
}
