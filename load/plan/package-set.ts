import { UsageError } from '../../base/errors.ts';

/** Packages of other versions that a run is made with, as `--with` names them. */
export interface PackageSet {
  /** As it was typed: `socket.io@4.7.5,socket.io-client@4.8.1`. */
  readonly text: string;
  /** By name: a version, a range or a tag. */
  readonly wanted: Readonly<Record<string, string>>;
}

const example = 'such as socket.io@4.7.5,socket.io-client@4.8.1';
/** A package's name, and a version, a range without spaces, or a tag. */
const ONE = /^((?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*)@([\w.^~<>=*+-]+)$/;

/** Reads `--with`. Throws a UsageError. */
export function parsePackageSet(text: string): PackageSet {
  const wanted = text.split(',').map((part): [string, string] => {
    const [, name, version] = ONE.exec(part.trim()) ?? [];
    if (name !== undefined && version !== undefined) return [name, version];
    throw new UsageError(
      'COMMAND_LINE',
      `Expected --with to name packages and versions, ${example}, got ${part} (command line)`,
      '--with',
    );
  });
  return { text, wanted: Object.fromEntries(wanted) };
}

/** A set's name as that of a folder. */
export function folderNameOf({ text }: PackageSet): string {
  return text.replaceAll(/[^\w.@+-]/g, '_');
}

/** Whether each version is a single one, which is the same tomorrow. */
export function isExact({ wanted }: PackageSet): boolean {
  return Object.values(wanted).every((version) => /^\d+\.\d+\.\d+[\w.+-]*$/.test(version));
}
