import { FolderStore } from '../load/folder/folder-store.ts';
import { exitCodes } from '../measure/judge/exit-codes.ts';
import { Digests } from '../reports/serve/digests/digests.ts';
import { isSound } from '../reports/serve/digests/run-digest.ts';
import { groupsOf } from '../reports/serve/list/trend-section.ts';
import { trendTable } from '../reports/terminal/trend-table.ts';
import { loadWords } from '../reports/wording/load-wording.ts';
import { print, say, terminal } from './terminal-output.ts';

/** Prints the last runs of each scenario in a folder, or of one: a table for each group of runs that are alike. */
export function trend(scenario: string | undefined, { runs, last }: { runs: string; last: number }): void {
  const all = new Digests(FolderStore.in(runs)).all().filter((digest) => digest.state === 'finished');
  const groups = groupsOf(all)
    .filter(([first]) => (scenario ?? first!.scenario) === first!.scenario)
    .sort(([a], [b]) => a!.scenario.localeCompare(b!.scenario));
  if (groups.length === 0) {
    say(`There is no run${scenario === undefined ? '' : ` of ${scenario}`} in ${runs}.`);
    process.exitCode = exitCodes.usage;
    return;
  }
  const tables = groups.map((group) => {
    const [first] = group;
    const about = `${first!.target}, ${loadWords(first!)}`;
    const rows = group.slice(-last).map((run) => ({ ...run, isSound: isSound(run) }));
    return trendTable({ scenario: first!.scenario, about }, rows, terminal);
  });
  print(tables.join('\n\n'));
}
