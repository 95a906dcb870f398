/** Why a file could not be read or written, as a clause: its path is said by the caller, and not again. */
export function fileProblem(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code !== undefined && problems[code]?.[0]) || message;
}

/** What to do about it, as a sentence after a space; empty where there is no more to say than what is wrong. */
export function fileRemedy(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  const remedy = code !== undefined && problems[code]?.[1];
  return remedy ? ` ${remedy}` : '';
}

/** Whether an error is of a file or folder, and not of our own making. */
export function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && ((error as NodeJS.ErrnoException).code ?? '') in problems;
}

const problems: Readonly<Record<string, readonly [problem: string, remedy?: string]>> = {
  ENOENT: ['it does not exist'],
  ENOTFILE: ['it is not a file, but a pipe or a device', 'Give a file.'],
  ETOOLARGE: ['it is too large'],
  EISDIR: ['it is a folder', 'Give a file.'],
  ENOTDIR: ['a part of its path is not a folder'],
  EEXIST: ['a file of that name is in the way', 'Give another name.'],
  EACCES: ['permission denied', 'Choose a place that you may write to, or change its permissions.'],
  EPERM: ['permission denied', 'Choose a place that you may write to, or change its permissions.'],
  EROFS: ['the file system is read-only', 'Choose another place.'],
  ENOSPC: ['no space is left on the disk', 'Free some space, or choose another place.'],
  EDQUOT: ['the quota of the disk is used up', 'Free some space, or choose another place.'],
  EFBIG: ['the file would be larger than is allowed', 'Raise the limit (ulimit -f).'],
  EIO: ['the disk does not work', 'Choose another place.'],
  ENAMETOOLONG: ['its name is too long', 'Give a shorter one.'],
  ELOOP: ['its symbolic links lead in a circle'],
  EMFILE: ['too many files are open', 'Raise the limit (ulimit -n).'],
  ENFILE: ['too many files are open on this machine'],
};
