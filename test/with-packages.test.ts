import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cleanUp, Running, root, shortScenario, temporaryFolder } from './support/chatstorm.ts';

afterAll(cleanUp);

const modules = join(root, 'node_modules');

/** A cache in which a socket.io of another version is installed already, as npm would leave it: it says whether it was loaded. */
function installed(cache: string, version: string, marker: string): void {
  const folder = join(cache, `socket.io@${version}`);
  const own = join(folder, 'node_modules');
  mkdirSync(own, { recursive: true });
  for (const name of readdirSync(modules)) if (name !== 'socket.io') symlinkSync(join(modules, name), join(own, name));
  cpSync(join(modules, 'socket.io'), join(own, 'socket.io'), { recursive: true });
  const manifest = join(own, 'socket.io', 'package.json');
  writeFileSync(manifest, JSON.stringify({ ...JSON.parse(readFileSync(manifest, 'utf8')), version }));
  const main = join(own, 'socket.io', 'dist', 'index.js');
  writeFileSync(
    main,
    `${readFileSync(main, 'utf8')}\nrequire('node:fs').writeFileSync(${JSON.stringify(marker)}, '');`,
  );
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ dependencies: { 'socket.io': version } }));
  writeFileSync(join(folder, 'installed'), '');
}

test('a run for each set of packages, which server and probes load, and what differs between them', async () => {
  const out = temporaryFolder();
  const versions = ['4.7.0', '4.7.1'];
  const marker = (version: string) => join(out, `loaded-${version}`);
  for (const version of versions) installed(join(out, '.packages'), version, marker(version));
  const sets = versions.flatMap((version) => ['--with', `socket.io@${version}`]);
  const run = new Running(['load', shortScenario, '--no-crowd', '--no-live', ...sets, '--out', out], out);
  await run.ended;
  for (const version of versions) {
    const file = join(out, `with-socket.io@${version}`, 'run.json');
    const { environment, command } = JSON.parse(readFileSync(file, 'utf8'));
    expect(environment.versions['socket.io'], run.output).toBe(version);
    expect(command).toEqual(expect.arrayContaining(['--with', `socket.io@${version}`]));
    expect(existsSync(marker(version))).toBe(true);
  }
  expect(run.output).toContain('short: socket.io@4.7.0 → socket.io@4.7.1');
  expect(run.output).toContain("The runs differ in socket.io's version: 4.7.0 against 4.7.1.");
});

test('what cannot be installed is told, with what npm said', async () => {
  const out = temporaryFolder();
  const run = new Running(['load', shortScenario, '--with', 'socket.io@latest', '--out', out], out, { PATH: out });
  expect(await run.ended).toBe(2);
  expect(run.output).toMatch('npm cannot install socket.io@latest: spawn npm ENOENT (command line)');
});
