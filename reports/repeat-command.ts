import type { RunRecord } from '../measure/run-record.ts';

/** The command that does a run again: its scenario, seed and load, for a POSIX shell. */
export function repeatCommand({ scenario, target, seed, load, phases }: RunRecord): string {
  const isSweep = 'outages' in scenario || 'matrix' in scenario;
  const options: [string, string][] = [
    ...(target.kind === 'external'
      ? [['target', target.origin] as [string, string], ['dialect', target.dialect] as [string, string]]
      : []),
    ['seed', seed],
    ['users', String(load.users)],
    ['rooms', String(load.rooms)],
    ['rate', `${load.ratePerTalker}/s`],
    ...(isSweep ? [] : [['duration', `${phases.measure}s`] as [string, string]]),
  ];
  return [
    'chatstorm load',
    quoted(scenario.name),
    ...options.map(([name, value]) => `--${name} ${quoted(value)}`),
  ].join(' ');
}

/** A word as a shell takes it, whatever stands in it. */
function quoted(word: string): string {
  return /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
