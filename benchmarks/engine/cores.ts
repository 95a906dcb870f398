import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** The core of the server and the core of the load generator, so that neither takes time of the other. */
export const cores = { server: 0, generator: 1 } as const;

/** Why processes cannot be bound to cores here, as a sentence; undefined where they can. */
export const unpinned: string | undefined =
  availableParallelism() < 2
    ? 'There is only one core: server and generators share it.'
    : spawnSync('taskset', ['--version']).error
      ? 'There is no taskset (it is in util-linux): server and generators run on any core.'
      : undefined;

/** The command, bound to a core where that can be done. */
export function onCore(core: number, command: readonly string[]): [file: string, ...args: string[]] {
  const bound = unpinned ? command : ['taskset', '-c', String(core), ...command];
  const [file, ...args] = bound;
  return [file!, ...args];
}
