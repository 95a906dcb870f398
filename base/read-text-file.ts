import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** Larger than anything that somebody writes by hand. */
const MOST_BYTES = 16 << 20;

/** Opens a file to read; undefined for what is no file and may never end, as a pipe, which is not waited for. */
export function openIfFile(path: string): number | undefined {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  if (fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  return undefined;
}

/**
 * The text of a file. Throws an error of the file system, or one with the code `ENOTFILE` for what is no file and may never
 * end, as a pipe or a device, or `ETOOLARGE`: see {@link ./file-problem.ts}.
 */
export function readTextFile(file: string, mostBytes = MOST_BYTES): string {
  // Opening a pipe to read waits for somebody who writes.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = fstatSync(descriptor);
    if (found.isDirectory()) throw problem('EISDIR');
    if (!found.isFile()) throw problem('ENOTFILE');
    if (found.size > mostBytes) throw problem('ETOOLARGE');
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }

  function problem(code: string): Error {
    return Object.assign(new Error(`${code}: ${file}`), { code });
  }
}
