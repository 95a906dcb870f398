import { writeBaseline } from '../load/folder/baseline-file.ts';
import { readRuns } from '../load/folder/run-folder.ts';
import { say } from './terminal-output.ts';

/** Writes a baseline of runs: folders and files, separated by commas. */
export function saveBaseline(name: string, runs: string): void {
  const records = readRuns(runs);
  const path = writeBaseline(name, records);
  say(`Saved ${records.length === 1 ? '1 run' : `${records.length} runs`} as`, path);
}
