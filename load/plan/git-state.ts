import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The state of a repository. */
export interface GitState {
  readonly commit: string;
  /** Null where no branch is checked out. */
  readonly branch: string | null;
  /** Whether files differ from the commit. */
  readonly isDirty: boolean;
}

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
