/**
 * The package as its users have it: packed, and installed into a folder that has nothing else, by each npm and on each Node
 * that it is for. Installing asks the registry for what the package depends on.
 */

import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { arch, platform } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { ownPackage } from '../base/installation.ts';
import { parseRunRecord } from '../measure/run-record/run-record.ts';
import { cleanUp, root, temporaryFolder } from './support/chatstorm.ts';

const run = promisify(execFile);
const LIMIT_MS = 90_000;

/** A Node without the rest: what its package installs by a script. */
const nodePackage = (version: string) => `npm:node-${platform()}-${arch()}@${version}`;
const tools = {
  'npm-10': 'npm:npm@10.9.9',
  'npm-11': 'npm:npm@11.21.2',
  'node-16': nodePackage('16.20.2'),
  'node-22': nodePackage('22.18.0'),
};
let toolbox: string;
let tarball: string;

const npmOf = (name: string) => join(toolbox, name, 'bin', 'npm-cli.js');
const nodeOf = (name: string) => join(toolbox, name, 'bin', 'node');

beforeAll(async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ devDependencies: tools }));
  toolbox = join(folder, 'node_modules');
  const flags = ['--no-bin-links', '--no-audit', '--no-fund', '--prefer-offline', '--no-package-lock'];
  const packed = run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root, timeout: LIMIT_MS });
  await run('npm', ['install', ...flags], { cwd: folder, timeout: LIMIT_MS });
  const { stdout } = await packed;
  tarball = join(folder, JSON.parse(stdout.slice(stdout.indexOf('[')))[0].filename);
}, 2 * LIMIT_MS);

afterAll(cleanUp, LIMIT_MS);

/** As short as a scenario can be, with a crowd. */
const shortScenario = `
config:
  phases: [{ duration: 1, arrivalCount: 6 }]
  engines: { socketio-v3: { transports: [websocket] } }
scenarios:
  - engine: socketio-v3
    flow:
      - connect: {}
      - function: enter
      - loop: [{ function: say }, { think: 0.5 }]
        whileTrue: untilEnd
chatstorm:
  about: A short run
  dialect: rooms
  probes: { rooms: 1, talkers: 1, rate: 10/s, listeners: 2, warmup: 2s, measure: 2s, drain: 1s }
  thresholds: [delivery.lost == 0]
`;

/** An empty folder with the package in it, and how to call it there. */
class Installation {
  readonly folder = temporaryFolder();
  output = '';
  readonly #node: string;

  constructor(node: string) {
    this.#node = node;
  }

  async install(npm: string): Promise<void> {
    writeFileSync(join(this.folder, 'package.json'), '{ "private": true, "type": "module" }\n');
    const flags = ['--save-dev', '--prefer-offline', tarball];
    const { stdout, stderr } = await this.node([npmOf(npm), 'install', ...flags]);
    this.output = stdout + stderr;
  }

  /** What `npx chatstorm` starts. */
  async chatstorm(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    return this.node([join(this.folder, 'node_modules', '.bin', 'chatstorm'), ...args]);
  }

  async node(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const path = `${dirname(this.#node)}${delimiter}${process.env.PATH}`;
    // Of what npm and Node were told for the tests nothing is for this one, but whom this machine trusts.
    const own = /^npm_|^VITEST|^NODE_(?!EXTRA_CA_CERTS)/;
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
    const options = { cwd: this.folder, env: { ...env, PATH: path, NO_COLOR: '1' }, timeout: LIMIT_MS };
    try {
      return { code: 0, ...(await run(this.#node, args, options)) };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, stdout, stderr };
    }
  }
}

const installations = {
  'by npm 10, on Node 22.18': { npm: 'npm-10', node: () => nodeOf('node-22'), engine: 'chatstorm' },
  'by npm 11, on the Node of the tests': { npm: 'npm-11', node: () => process.execPath, engine: 'socketio-v3' },
};
const installed = new Map<string, Installation>();

beforeAll(async () => {
  for (const [name, { npm, node }] of Object.entries(installations)) {
    const installation = new Installation(node());
    await installation.install(npm);
    installed.set(name, installation);
  }
}, 2 * LIMIT_MS);

describe.concurrent.each(Object.keys(installations))('installed %s', (name) => {
  test('nothing is warned of, and it takes less than half of the 527 MB that Artillery takes', ({ expect }) => {
    const { output, folder } = installed.get(name)!;
    expect(output).toMatch(/added \d+ packages/);
    // What is warned of is this machine's own configuration, if anything.
    expect(output.replaceAll(/^npm warn Unknown (user|env|builtin|global) config.*\n/gm, '')).not.toMatch(/warn/i);
    expect(existsSync(join(folder, 'node_modules', 'artillery'))).toBe(false);
    expect(megabytesIn(join(folder, 'node_modules'))).toBeLessThan(100);
  });

  test('load, report and compare do as they do in a clone, with a crowd', async ({ expect }) => {
    const installation = installed.get(name)!;
    writeFileSync(join(installation.folder, 'short.yml'), shortScenario);
    const { engine } = installations[name as keyof typeof installations];
    const loaded = await installation.chatstorm('load', 'short.yml', '--engine', engine, '--out', 'a');
    const record = recordIn(installation.folder, 'a');
    expect(loaded.stderr).toBe('');
    expect([0, 3]).toContain(loaded.code);
    expect(record.metrics['users.joined']).toMatchObject({ value: 6 });
    expect(record.metrics['delivery.lost']).toMatchObject({ value: 0 });
    expect(record.environment.versions).toEqual(versions(engine));
    const again = await installation.chatstorm('report', 'a');
    expect(again.code).toBe(loaded.code);
    expect(recordIn(installation.folder, 'a')).toEqual(record);
    expect(readFileSync(join(installation.folder, 'a', 'report.html'), 'utf8')).toContain('id="records"');
    expect(await installation.chatstorm('compare', 'a', 'a')).toMatchObject({ code: 0, stderr: '' });
  });
});

describe.concurrent('installed', () => {
  const latest = () => installed.get('by npm 11, on the Node of the tests')!;

  test('the page to chat on is there, with its script and its style', async ({ expect }) => {
    const installed = latest();
    const bin = join(installed.folder, 'node_modules', '.bin', 'chatstorm');
    const chat = spawn(process.execPath, [bin, 'chat', '--port', '0'], { cwd: installed.folder });
    try {
      const url = await new Promise<string>((resolve, reject) => {
        let output = '';
        chat.stdout.on('data', (chunk) => {
          output += chunk;
          const [found] = /http:\/\/[\d.]+:\d+/.exec(output) ?? [];
          if (found) resolve(found);
        });
        chat.once('exit', (code) => reject(new Error(`ended with ${code}: ${output}`)));
      });
      for (const path of ['/', '/page.js', '/style.css', '/icon.svg']) expect(await statusOf(url + path)).toBe(200);
    } finally {
      chat.kill('SIGTERM');
    }
  });

  test('a program defines a scenario, makes a run of it, and has its record', async ({ expect }) => {
    const installed = latest();
    const program = `
      import { defineDialect, definePersona, defineScenario, instrument, run } from 'chatstorm';
      const scenario = defineScenario({
        config: { phases: [{ duration: 1, arrivalCount: 1 }], engines: { 'socketio-v3': {} } },
        scenarios: [{ engine: 'socketio-v3', flow: [] }],
        chatstorm: {
          about: 'A room',
          dialect: 'rooms',
          probes: { rooms: 1, talkers: 1, rate: '5/s', arrivals: 'constant', listeners: 2, warmup: '1s', measure: '2s', drain: '1s' },
          thresholds: ['delivery.lost == 0'],
        },
      });
      let ticks = 0;
      const record = await run(scenario, { crowd: false, out: 'mine', progressed: () => ticks++ });
      console.log(JSON.stringify({
        same: defineDialect(1) === 1 && definePersona(2) === 2 && typeof instrument === 'function',
        ticks, lost: record.metrics['delivery.lost'].value, delivered: record.metrics['delivery.delivered'].value,
      }));
      await run(scenario, { target: 'ftp://127.0.0.1' }).catch((error) => console.log(error.message));`;
    writeFileSync(join(installed.folder, 'program.ts'), program);
    const { stdout, stderr } = await installed.node(['program.ts']);
    expect(stderr).toBe('');
    const [first = '', refused] = stdout.trim().split('\n');
    const { same, ticks, lost, delivered } = JSON.parse(first);
    expect({ same, lost }).toEqual({ same: true, lost: 0 });
    expect(ticks).toBeGreaterThan(0);
    expect(delivered).toBe(30);
    expect(refused).toMatch(/^Expected .*ftp/);
    expect(readdirSync(join(installed.folder, 'mine'))).toContain('report.html');
  });

  test('the compiler knows what is public, and refuses what a scenario cannot hold', async ({ expect }) => {
    const installed = latest();
    const flags = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2024', '--types', 'node'];
    mkdirSync(join(installed.folder, 'node_modules', '@types'), { recursive: true });
    const tsc = join(root, 'node_modules', '.bin', 'tsc');
    const check = async (text: string) => {
      writeFileSync(join(installed.folder, 'typed.ts'), text);
      const typeRoots = ['--typeRoots', join(root, 'node_modules', '@types')];
      return run(tsc, [...flags, ...typeRoots, 'typed.ts'], { cwd: installed.folder, timeout: LIMIT_MS }).then(
        () => '',
        ({ stdout }) => stdout as string,
      );
    };
    expect(
      await check(`import { run, type RunRecord } from 'chatstorm';
        const record: RunRecord = await run('broadcast', { users: 5 });
        export const outcome: 'pass' | 'fail' | 'unknown' = record.verdict.outcome;`),
    ).toBe('');
    expect(await check(`import { run } from 'chatstorm'; await run('broadcast', { user: 5 });`)).toMatch(/'user'/);
    expect(await check(`import 'chatstorm/dist/chatstorm.js';`)).toMatch(/Cannot find module/);
  });

  test('an older Node is told in a sentence', async ({ expect }) => {
    const installed = latest();
    const bin = join(installed.folder, 'node_modules', 'chatstorm', 'bin', 'chatstorm.cjs');
    const old = await new Installation(nodeOf('node-16')).node([bin, 'load']);
    const needed = ownPackage.engines.node.replace('>=', '');
    expect(old).toEqual({
      code: 2,
      stdout: '',
      stderr: `chatstorm needs Node ${needed} or newer, and this is 16.20.2. Install a newer one, as from nodejs.org.\n`,
    });
  });
});

test(
  'publint and arethetypeswrong have nothing to say',
  async () => {
    const bin = (name: string) => join(root, 'node_modules', '.bin', name);
    const options = { cwd: dirname(tarball), timeout: LIMIT_MS };
    await run(bin('publint'), [tarball, '--strict'], options);
    await run(bin('attw'), [tarball, '--profile', 'esm-only'], options);
  },
  LIMIT_MS,
);

function recordIn(folder: string, name: string) {
  return parseRunRecord(JSON.parse(readFileSync(join(folder, name, 'run.json'), 'utf8')));
}

function versions(engine: string): Record<string, string> {
  const all = { ...ownPackage.dependencies, ...ownPackage.devDependencies };
  const names = ['socket.io', 'socket.io-client', 'artillery', `artillery-engine-${engine}`];
  return { chatstorm: ownPackage.version, ...Object.fromEntries(names.map((name) => [name, all[name]!])) };
}

function megabytesIn(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.reduce((sum, file) => sum + statSync(join(folder, file)).blocks * 512, 0) / 1e6;
}

function statusOf(url: string): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  const asked = request(url, { timeout: 10_000 }, (response) => {
    response.resume();
    resolve(response.statusCode);
  });
  asked.once('error', reject).end();
  return promise;
}
