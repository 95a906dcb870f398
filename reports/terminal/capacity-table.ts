import type { CapacityWindowEvent, EventLine } from '../../measure/metrics/events.ts';
import type { Window } from '../../measure/metrics/window.ts';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { capacityCaveat, levelColumns, levelRow, recoverySentence, windowWords } from '../wording/capacity-wording.ts';
import type { Terminal } from './terminal.ts';
import { table } from './text-table.ts';
import { wrap } from './wrap.ts';

/** What follows the answer of a search, and what was seen of each level in the order of time; empty where nothing was searched for. */
export function capacityTable(record: RunRecord, terminal: Terminal): string {
  const { capacity } = record;
  if (!capacity) return '';
  // The answer itself is the headline.
  const sentences = [recoverySentence(record), capacityCaveat(record)].filter(Boolean);
  return [
    ...sentences.map((sentence) => wrap(`  ${sentence}`, terminal.width)),
    table(levelColumns, capacity.levels.map(levelRow), terminal),
  ].join('\n');
}

/** Tells of a search while it goes on: a line for each level that is over. */
export class LevelLines {
  readonly #seen: CapacityWindowEvent[] = [];

  /** The levels that are over by these lines, in words. */
  add(lines: readonly (Window | EventLine)[]): string[] {
    return lines.flatMap((line) => {
      if (!('event' in line)) return [];
      if (line.event.kind === 'window') this.#seen.push(line.event);
      return line.event.kind === 'level' ? this.flush() : [];
    });
  }

  /** The last level, once the run is over. */
  flush(): string[] {
    const windows = this.#seen.splice(0);
    return windows.length > 0 ? [`  ${windowWords(windows)}`] : [];
  }
}
