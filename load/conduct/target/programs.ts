import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { UsageError } from '../../../base/errors.ts';

/** Programs that are not ours, by the package of Debian that has them. */
const packages = { 'redis-server': 'redis-server', haproxy: 'haproxy' } as const;

export type Program = keyof typeof packages;

/** Where the system keeps its own programs, which is in the PATH of few people. */
const SYSTEM = ['/usr/sbin', '/usr/local/sbin'];
const VERSION_MS = 5000;

/** The file of a program. Throws a UsageError that says how to install it. */
export function findProgram(name: Program): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM];
  const file = folders.map((folder) => join(folder, name)).find(isExecutable);
  if (file) return file;
  const message = `A run with several nodes needs ${name}, which is not installed. Install it (on Debian: apt-get install ${packages[name]}), or leave --nodes out.`;
  throw new UsageError('COMMAND_LINE', message, '--nodes');
}

/** What a program says its version is, such as 7.0.15. */
export function versionOf(name: Program): string {
  const said = execFileSync(findProgram(name), ['-v'], { encoding: 'utf8', timeout: VERSION_MS });
  return /\d+\.\d+(\.\d+)?/.exec(said)?.[0] ?? 'unknown';
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
