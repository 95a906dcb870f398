import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { RunPlan } from '../../measure/run-record/run-record.ts';

const run = promisify(execFile);

/** The state of a repository. */
export type GitState = NonNullable<RunPlan['git']>;

/** Of the repository that the working folder is in; null outside of any, and where there is no git or it takes too long. */
export function gitState(): Promise<GitState | null> {
  known ??= readState();
  return known;
}

/** A process makes all its runs in one folder. */
let known: Promise<GitState | null> | undefined;

async function readState(): Promise<GitState | null> {
  try {
    const [described, branch] = await Promise.all([
      git('describe', '--always', '--dirty', '--abbrev=10', '--exclude=*'),
      git('rev-parse', '--abbrev-ref', 'HEAD'),
    ]);
    return {
      commit: described.replace(/-dirty$/, ''),
      branch: branch === 'HEAD' ? null : branch,
      isDirty: described.endsWith('-dirty'),
    };
  } catch {
    return null;
  }
}

async function git(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('git', [...args], { timeout: 2000 });
  return stdout.trim();
}
