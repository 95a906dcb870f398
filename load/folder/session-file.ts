import { statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readTextFile } from '../../base/read-text-file.ts';
import { files, writeWhole } from './run-folder.ts';

/** Which runs the report of a session covers. */
const session = z.strictObject({ runs: z.array(z.string().max(100)).min(1).max(200) });

/** A list of ids is short. */
const MOST_BYTES = 1 << 16;

/** Writes down which runs a folder's report covers, by their ids. Throws a UsageError where that is impossible. */
export function writeSession(folder: string, runs: readonly string[]): void {
  writeWhole(folder, files.session, `${JSON.stringify({ runs })}\n`);
}

/** The ids of the runs that a folder's report covers; none where it has no such list, or one that cannot be read. */
export function readSession(folder: string): readonly string[] {
  const path = join(folder, files.session);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return [];
  try {
    return session.parse(JSON.parse(readTextFile(path, MOST_BYTES))).runs;
  } catch {
    return [];
  }
}
