import { FolderStore } from '../load/folder/folder-store.ts';
import { exitCodes } from '../measure/judge/exit-codes.ts';
import { Digests } from '../reports/serve/run-digest.ts';
import { trendTable } from '../reports/terminal/trend-table.ts';
import { print, say, terminal } from './terminal-output.ts';

/** Prints the last runs of each scenario in a folder, or of one. */
export function trend(scenario: string | undefined, { runs, last }: { runs: string; last: number }): void {
  const all = new Digests(FolderStore.in(runs)).all().filter((digest) => digest.state === 'finished');
  const scenarios = [...new Set(all.map((digest) => digest.scenario))].sort();
  const shown = scenario === undefined ? scenarios : scenarios.filter((name) => name === scenario);
  if (shown.length === 0) {
    say(`There is no run${scenario === undefined ? '' : ` of ${scenario}`} in ${runs}.`);
    process.exitCode = exitCodes.usage;
    return;
  }
  const tables = shown.map((name) => {
    const own = all.filter((digest) => digest.scenario === name).sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1));
    return trendTable(name, own.slice(-last), terminal);
  });
  print(tables.join('\n\n'));
}
