/** Searches against targets of which it is known what they carry. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { CapacityConfig } from '../../scenarios/scenario-schema.ts';
import { root } from './chatstorm.ts';
import type { KnownCapacity } from './known-capacity.ts';

const shipped = parse(readFileSync(join(root, 'scenarios', 'capacity.yml'), 'utf8'));

/** Probes of a small search: 6 of them, who send 40 messages a second. */
export const PROBES = 6;
export const PROBE_RATE = 40;

/** Starts a target; its address. */
export async function startKnown(known: KnownCapacity): Promise<{ url: string; process: ChildProcess }> {
  const child = spawn(process.execPath, [join(root, 'test', 'support', 'known-capacity.ts')], {
    env: { ...process.env, KNOWN_CAPACITY: JSON.stringify(known) },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [{ ready }] = (await once(child, 'message')) as [{ ready: string }];
  return { url: ready, process: child };
}

/** Writes a search with few probes into a folder; its file. `lag` is how late the generator may send before a window does not count. */
export function writeSearch(
  folder: string,
  capacity: Partial<CapacityConfig>,
  { measure = '4m', lag = '5ms' }: { readonly measure?: string; readonly lag?: string } = {},
): string {
  const { chatstorm } = shipped;
  const probes = { rooms: 1, talkers: 4, rate: '10/s', listeners: 2, warmup: '4s', measure, drain: '2s' };
  const file = join(folder, 'search.yml');
  const changed = { ...chatstorm.capacity, rate: '1/s', ...capacity, window: `${capacity.window ?? 2}s` };
  writeFileSync(file, stringify({ ...shipped, chatstorm: { ...chatstorm, lag, probes, capacity: changed } }));
  return file;
}
