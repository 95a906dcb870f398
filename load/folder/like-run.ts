import { type Dirent, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { likenessOf } from '../../measure/compare/likeness.ts';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { files, readPlan, readRun } from './run-folder.ts';

/** Folders beside a run that are looked into, the newest by name. */
const MOST = 200;

/**
 * The last run before this one that is like it and sound, among those in the same folder; undefined where there is none.
 * What cannot be read is passed over.
 */
export function lastLikeRun(folder: string, record: RunRecord): RunRecord | undefined {
  const wanted = likenessOf(record);
  const earlier = besides(folder)
    .flatMap((path) => {
      const plan = known(() => readPlan(path));
      return plan && plan.startedAt < record.startedAt && likenessOf(plan) === wanted ? [{ path, plan }] : [];
    })
    .sort((a, b) => (a.plan.startedAt < b.plan.startedAt ? 1 : -1));
  for (const { path } of earlier) {
    const run = known(() => readRun(join(path, files.run)));
    if (run?.state === 'complete' && run.verdict.breaches.length === 0) return run;
  }
  return undefined;
}

function besides(folder: string): string[] {
  const own = resolve(folder);
  const entries = known(() => readdirSync(dirname(own), { withFileTypes: true })) ?? ([] as Dirent[]);
  return entries
    .filter((entry) => entry.isDirectory() && entry.name !== basename(own))
    .map(({ name }) => name)
    .sort()
    .reverse()
    .slice(0, MOST)
    .map((name) => join(dirname(own), name));
}

function known<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
