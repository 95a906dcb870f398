import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../../base/errors.ts';
import { modulePath, ownPackage } from '../../base/installation.ts';
import { folderNameOf, isExact, type PackageSet } from '../plan/package-set.ts';

/** Packages that were installed beside runs, for their server and clients. */
export interface OtherPackages {
  /** Where their node_modules are. */
  readonly folder: string;
  /** By name, what is installed of those that were asked for. */
  readonly versions: Readonly<Record<string, string>>;
}

/** The folder that they are kept in, beside those of runs. */
export const PACKAGES = '.packages';

/** Tells a child where its packages are. */
export const PACKAGES_FOLDER = 'CHATSTORM_PACKAGES';

/** What a run's server and clients stand on: the others have to fit those that are replaced. */
const family = [
  'socket.io',
  'socket.io-client',
  '@socket.io/redis-adapter',
  '@socket.io/redis-streams-adapter',
  '@socket.io/cluster-adapter',
] as const;

const INSTALL_MS = 180_000;
/** Written when all is there. */
const DONE = 'installed';
const LAST_LINES = 3;
const hook = modulePath('../children/use-packages.ts', import.meta.url);

/**
 * Installs packages by npm into a folder of their own under `cache`; those of exact versions only once. Rejects with a UsageError
 * that tells what npm said.
 */
export async function installPackages(set: PackageSet, cache: string): Promise<OtherPackages> {
  const folder = resolve(cache, folderNameOf(set));
  const done = join(folder, DONE);
  if (!isExact(set) || !existsSync(done)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifestOf(set), null, 2));
    await install(folder, set);
    writeFileSync(done, '');
  }
  const versions = Object.keys(set.wanted).map((name) => [name, versionIn(folder, name)]);
  return { folder, versions: Object.fromEntries(versions) };
}

/** How Node is told to load other packages; nothing where it is to use our own. */
export function nodeArgsFor(packages: OtherPackages | undefined): string[] {
  return packages ? ['--import', hook] : [];
}

export function environmentFor(packages: OtherPackages | undefined): Record<string, string> {
  return packages ? { [PACKAGES_FOLDER]: packages.folder } : {};
}

/** The whole family, so that what is not asked for is as we have it; what is asked for holds for those beneath, too. */
function manifestOf({ wanted }: PackageSet): object {
  const own = family.flatMap((name) => {
    const version = ownPackage.dependencies[name];
    return version === undefined ? [] : [[name, version]];
  });
  const overrides = Object.keys(wanted).map((name) => [name, `$${name}`]);
  return {
    name: 'other-packages',
    private: true,
    dependencies: { ...Object.fromEntries(own), ...wanted },
    overrides: Object.fromEntries(overrides),
  };
}

async function install(folder: string, { text }: PackageSet): Promise<void> {
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps', '--loglevel=error'];
  const npm = spawn('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  npm.stderr.on('data', (chunk) => {
    said = (said + chunk).slice(-4000);
  });
  const timer = setTimeout(() => npm.kill('SIGKILL'), INSTALL_MS);
  const { promise, resolve: end } = Promise.withResolvers<string | undefined>();
  npm.once('error', ({ message }) => end(message));
  npm.once('close', (code) => end(code === 0 ? undefined : lastLines(said)));
  const problem = await promise;
  clearTimeout(timer);
  if (problem === undefined) return;
  throw new UsageError('COMMAND_LINE', `npm cannot install ${text}: ${problem} (command line)`, '--with');
}

function lastLines(said: string): string {
  const lines = said.split('\n').map((line) => line.replace(/^npm (error|ERR!)\s*/, '').trim());
  const told = lines.filter((line) => line !== '' && !line.startsWith('A complete log') && !/^code /.test(line));
  return told.slice(0, LAST_LINES).join(' ') || 'it took too long, and was ended';
}

/** The version of a package that is installed under a folder. */
export function versionIn(folder: string, name: string): string {
  const file = join(folder, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** Where packages are kept beside the folders of runs. */
export function packagesBeside(runFolder: string): string {
  return join(dirname(runFolder), PACKAGES);
}
