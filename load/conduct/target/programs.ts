import { spawnSync } from 'node:child_process';
import { UsageError } from '../../../base/errors.ts';

/** Programs that are not ours, by the package of Debian that has them. */
const packages = { 'redis-server': 'redis-server', haproxy: 'haproxy' } as const;

export type Program = keyof typeof packages;

/** Where the system keeps its own programs, which is in the PATH of few people. */
const SYSTEM = ['/usr/sbin/', '/usr/local/sbin/'];
const VERSION_MS = 5000;
const found = new Map<Program, { readonly file: string; readonly version: string }>();

/** The file of a program, and its version such as 7.0.15. Throws a UsageError that says how to install it. */
export function findProgram(name: Program): { readonly file: string; readonly version: string } {
  const known = found.get(name);
  if (known) return known;
  for (const file of [name, ...SYSTEM.map((folder) => folder + name)]) {
    const { error, stdout } = spawnSync(file, ['-v'], { encoding: 'utf8', timeout: VERSION_MS });
    if (error) continue;
    const program = { file, version: /\d+\.\d+(\.\d+)?/.exec(stdout)?.[0] ?? 'unknown' };
    found.set(name, program);
    return program;
  }
  const message = `A server of several nodes needs ${name}, which is not installed. Install it (on Debian: apt-get install ${packages[name]}), or leave --nodes out.`;
  throw new UsageError('COMMAND_LINE', message, '--nodes');
}
