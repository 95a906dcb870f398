import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { createChatServer } from '../server/chat-server.ts';
import { cleanUp, Running, root, shortScenario, temporaryFolder } from './support/chatstorm.ts';

afterAll(cleanUp);

/** The short scenario with something in it replaced. */
function scenarioWith(found: string, replacement: string): string {
  const file = join(temporaryFolder(), 'changed.yml');
  const text = readFileSync(shortScenario, 'utf8');
  expect(text).toContain(found);
  writeFileSync(file, text.replace(found, replacement));
  return file;
}

async function chatstorm(...args: string[]) {
  const folder = join(temporaryFolder(), 'run');
  const run = new Running([...args, ...(args[0] === 'load' ? ['--out', folder] : [])], folder);
  return { code: await run.ended, output: run.output, folder };
}

describe.concurrent('what cannot be run', () => {
  test.each([
    [['load', 'brodcast'], 2, 'Expected a scenario, one of broadcast'],
    [['load', 'nowhere.yml'], 2, 'Cannot read the scenario nowhere.yml'],
    [['load', 'broadcast', '--users', '-5'], 2, 'Expected `--users` to be at least 0, got `-5`'],
    [['chat', '--port', 'abc'], 2, "'--port <n>' argument 'abc' is invalid. Expected a port such as 3000"],
    [['load', 'broadcast', '--rate=-5/s'], 2, 'Expected `--rate` to be a rate such as 10/s or 30/m, got `-5/s`'],
    [['load', 'broadcast', '--rate', '5'], 2, 'Expected `--rate` to be a rate'],
    [['load', 'broadcast', '--duration', '0s'], 2, 'Expected `--duration` to be at least 1s'],
    [['load', 'broadcast', '--duration', '5 parsecs'], 2, 'Expected `--duration` to be a time such as 30s'],
    [['load', 'broadcast', '--users', 'many'], 2, 'Expected `--users` to be a number such as 10, got `many`'],
    [['load', 'broadcast', '--dialect', 'klingon'], 2, 'Expected --dialect to be plain, rooms, or'],
    [['load', 'broadcast', '--recovery', 'constructor'], 2, 'Expected --recovery to be on, off or both'],
    [
      ['load', 'reconnect', '--target', 'http://127.0.0.1:9', '--outage', '5s'],
      2,
      '--outage acts on the embedded server',
    ],
    [['load', 'broadcast', '--outage', '5s'], 2, 'scenarios/broadcast.yml has none'],
    [['load', 'broadcast', '--colour', 'red'], 2, "unknown option '--colour'"],
    [['load', 'broadcast', '--target', 'localhost:3000'], 2, 'Expected --target to be an address'],
    [
      ['load', 'broadcast', '--target', 'http://chat.invalid'],
      2,
      'Expected the target to be this machine, got the host chat.invalid',
    ],
    [['load', 'broadcast', '--target', 'http://chat.invalid', '--i-own', 'other.invalid'], 2, '--i-own chat.invalid'],
    [['load', 'broadcast', '--target', 'http://127.0.0.1.invalid'], 2, 'Expected the target to be this machine'],
    [
      ['load', 'broadcast', '--target', 'http://chat.invalid', '--i-own', 'chat.invalid'],
      4,
      'Cannot connect to http://chat.invalid',
    ],
    [['load', 'broadcast', '--target', 'http://127.0.0.1:9'], 4, 'ECONNREFUSED'],
    [['report', '/'], 2, "Expected / to be a run's folder"],
    [['reports', '/nowhere'], 2, 'There is no folder /nowhere.'],
    [['reports', '/', '--port', 'abc'], 2, "'--port <n>' argument 'abc' is invalid. Expected a port such as 3000"],
    [['compare', '/nowhere', '/'], 2, "Expected /nowhere to be a run's folder or its run.json"],
    [['compare', shortScenario, '/'], 2, 'it is not JSON'],
    [['compare', join(root, 'package.json'), '/'], 2, 'it is damaged, or written by another version'],
    [
      ['load', 'broadcast', '--repeat', 'often'],
      2,
      "'--repeat <n>' argument 'often' is invalid. Expected a number of runs",
    ],
    [['stomp'], 2, "unknown command 'stomp'"],
  ])('%j ends with %i and a sentence', async (args, code, sentence) => {
    const run = await chatstorm(...args);
    expect(run.output).toContain(sentence);
    expect(run.code).toBe(code);
    expect(existsSync(run.folder)).toBe(false);
  });

  test.each([
    ['rate: 20/s', 'rate: fast', 'Expected `chatstorm.probes.rate` to be a rate such as 10/s or 30/m, got `fast`', 23],
    ['rooms: 2', 'roms: 2', 'Unknown key `roms` in `chatstorm.probes`', 23],
    ['about: A short run', 'about: A short run\n  abuot: x', 'Unknown key `abuot` in `chatstorm`', 22],
    ['delivery.lost == 0', 'delivery.lst == 0', 'Expected a metric of the catalogue in place of `delivery.lst`', 25],
    ['dialect: rooms', 'dialect: [', 'Expected YAML', 23],
  ])('%j changed to %j is told with its line', async (found, replacement, sentence, line) => {
    const run = await chatstorm('load', scenarioWith(found, replacement));
    expect(run.output).toContain(sentence);
    expect(run.output).toMatch(new RegExp(`changed\\.yml:${line}\\)`));
    expect(run.code).toBe(2);
    expect(existsSync(run.folder)).toBe(false);
  });
});

test.each([
  ['', 'got an empty file'],
  ['[]', 'got []'],
  ['chatstorm:', 'Expected `chatstorm` to be an object, got `null`'],
])('a scenario file with %j ends with 2 and a sentence', async (text, sentence) => {
  const file = join(temporaryFolder(), 'mine.yml');
  writeFileSync(file, text);
  const run = await chatstorm('load', file);
  expect(run.output).toContain(sentence);
  expect(run.code).toBe(2);
});

test('reports on a port that is in use ends with 2 and a sentence', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const run = await chatstorm('reports', temporaryFolder(), '--port', String(port));
  server.close();
  expect(run.output).toContain(`Cannot listen at 127.0.0.1, port ${port}`);
  expect(run.code).toBe(2);
});

describe.concurrent('what explains itself', () => {
  test.each([
    [['--help']],
    [['load', '--help']],
    [['chat', '--help']],
    [['report', '--help']],
    [['reports', '--help']],
    [['compare', '--help']],
    [['metrics', '--help']],
  ])('%j shows examples', async (args) => {
    const run = await chatstorm(...args);
    expect(run.output).toContain('Examples:');
    expect(run.output).toContain('$ chatstorm');
    expect(run.code).toBe(0);
  });

  test('a dry run shows the plan and runs nothing', async () => {
    const run = await chatstorm(
      'load',
      'broadcast',
      '--dry-run',
      '--users',
      '50',
      '--rooms',
      '5',
      '--rate',
      '2/s',
      '--duration',
      '1m',
    );
    expect(run.output).toContain('5 rooms');
    expect(run.output).toContain('50 users');
    expect(run.output).toContain('60 s measured');
    expect(run.output).toContain('74 sockets, 33 messages/s, 488 deliveries/s, 348 descriptors');
    expect(run.code).toBe(0);
    expect(existsSync(run.folder)).toBe(false);
  });

  test('a dry run against a plain target says that rooms collapse to one', async () => {
    const chat = await createChatServer({ port: 0, page: false });
    onTestFinished(() => chat.close());
    const run = await chatstorm('load', 'broadcast', '--dry-run', '--target', chat.url);
    expect(run.output).toContain('plain dialect, one room, since the dialect joins none by name');
  });
});
