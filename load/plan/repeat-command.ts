import { scenarioOptionNames } from '../../scenarios/scenario-options.ts';
import type { LoadOptions } from './load-options.ts';

/**
 * The words of the command that makes a run again: its scenario, name or file, the options that it was given, and the seed.
 * Of its target and its Redis they hold no more than the origin: the rest may be secret.
 */
export function repeatWords(scenario: string, options: LoadOptions, seed: string): string[] {
  const { target, dialect, iOwn, pid, engine, redis } = options;
  const values = {
    target: target === undefined ? undefined : new URL(target).origin,
    dialect: typeof dialect === 'object' ? 'DIALECT' : dialect,
    'i-own': iOwn,
    engine,
    shards: options.shards,
    redis: redis === undefined ? undefined : `${new URL(redis).protocol}//${new URL(redis).host}`,
    with: options.with?.[0],
    pid: pid === undefined ? undefined : String(pid),
    ...Object.fromEntries(scenarioOptionNames.map((name) => [name, options[name]])),
    seed,
  };
  const given = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
  const flags = [
    ...(options.crowd ? [] : ['--no-crowd']),
    ...(options.quick ? ['--quick'] : []),
    ...(options.fitHeartbeat ? ['--fit-heartbeat'] : []),
    ...(options.workers ? ['--workers'] : []),
  ];
  return ['chatstorm', 'load', scenario, ...flags, ...given];
}
