import type { LoadOptions } from './options.ts';

/**
 * The words of the command that makes a run again: its scenario, name or file, what was asked for besides, and the seed.
 * Of its target it has no more than the origin: the rest may be secret.
 */
export function repeatWords(scenario: string, options: LoadOptions, seed: string): string[] {
  const { target, dialect, iOwn, users, rooms, rate, listeners, duration, recovery, outage, persona } = options;
  const values = {
    target: target === undefined ? undefined : new URL(target).origin,
    dialect,
    'i-own': iOwn,
    users,
    rooms,
    rate,
    listeners,
    duration,
    recovery,
    outage,
    persona,
    seed,
  };
  const given = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
  const flags = [...(options.crowd ? [] : ['--no-crowd']), ...(options.quick ? ['--quick'] : [])];
  return ['chatstorm', 'load', scenario, ...flags, ...given];
}
