import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from '../../measure/statistics/median.ts';
import type { Leftovers } from './leftovers.ts';

const chatstorm = fileURLToPath(new URL('../../chatstorm.ts', import.meta.url));

/** How much longer a whole run takes than its schedule says, from the command to its end: the median of several, s. Null of none. */
export async function measureOverhead(
  runs: number,
  leftovers: Leftovers,
  told: (line: string) => void,
): Promise<number | null> {
  const seconds: number[] = [];
  for (let n = 1; n <= runs; n++) {
    const folder = join(leftovers.folder, `run-${n}`);
    const startedAt = performance.now();
    const child = spawn(process.execPath, [chatstorm, 'load', 'broadcast', '--quick', '--no-live', '--out', folder], {
      stdio: 'ignore',
    });
    leftovers.add(child);
    await once(child, 'exit');
    const took = (performance.now() - startedAt) / 1000;
    const file = join(folder, 'run.json');
    if (!existsSync(file)) throw new Error('The run for the overhead has no record.');
    const { warmup, measure, drain } = JSON.parse(readFileSync(file, 'utf8')).phases;
    const overhead = took - (warmup + measure + drain);
    told(`run ${n}: ${took.toFixed(1)} s, ${overhead.toFixed(1)} s longer than its schedule`);
    seconds.push(overhead);
  }
  return median(seconds) ?? null;
}
