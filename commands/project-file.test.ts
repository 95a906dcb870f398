import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { cleanUp, Running, temporaryFolder } from '../test/support/chatstorm.ts';
import { projectJsonSchema, readProject } from './project-file.ts';

afterAll(cleanUp);

const folder = temporaryFolder();

function fileOf(text: string): string {
  const file = join(folder, 'chatstorm.yml');
  writeFileSync(file, text);
  return file;
}

const whole = `target: http://127.0.0.1:1
dialect:
  send: { emit: say, args: ['{text}'] }
  hear: { event: said }
scenarios: [broadcast]
users: 7
thresholds:
  broadcast:
    - broadcast.latency.p99 < 100ms
    - delivery.lost == 0
`;

test('it is read with the lines of its thresholds, and its dialect as it is written', () => {
  const file = fileOf(whole);
  expect(readProject(file)).toEqual({
    target: 'http://127.0.0.1:1',
    dialect: { send: { emit: 'say', args: ['{text}'] }, hear: { event: 'said' } },
    scenarios: ['broadcast'],
    users: 7,
    thresholds: {
      broadcast: [
        { text: 'broadcast.latency.p99 < 100ms', place: `${file}:9` },
        { text: 'delivery.lost == 0', place: `${file}:10` },
      ],
    },
  });
  const validate = new Ajv2020({ strict: false, logger: false }).compile(projectJsonSchema() as object);
  expect(validate(parse(whole))).toBe(true);
});

test('where there is none, or nothing in it, nothing is said', () => {
  expect(readProject(join(folder, 'none.yml'))).toEqual({});
  expect(readProject(fileOf('# all commented out\n'))).toEqual({});
});

test.each([
  ['user: 5', 'Unknown key `user` (FILE:1)'],
  ['quick: true\nusers: many', 'Expected `users` to be a number such as 10, got `many` (FILE:2)'],
  ['thresholds: { broadcast: [delivery.lots == 0] }', 'delivery.lots'],
  ['chat: { port: 70000 }', 'Expected `chat.port` to be at most 65535, got `70000` (FILE:1)'],
  ['- a list', 'object'],
  ['users: [', 'Expected YAML'],
])('what is wrong is told with its line: %s', (text, sentence) => {
  const file = fileOf(text);
  expect(() => readProject(file)).toThrow(sentence.replace('FILE', file));
});

test('a flag comes before the environment, the environment before the file', async () => {
  const place = temporaryFolder();
  writeFileSync(join(place, 'chatstorm.yml'), 'scenarios: [broadcast]\nusers: 31\nrooms: 3\nlisteners: 9\n');
  const run = new Running(
    ['load', '--dry-run', '--users', '11'],
    place,
    { CHATSTORM_USERS: '21', CHATSTORM_ROOMS: '4' },
    place,
  );
  expect(await run.ended, run.output).toBe(0);
  expect(run.output).toContain('4 rooms');
  expect(run.output).toMatch(/crowd +11 users/);
  expect(run.output).toContain('9 listeners');
});

test('every command says what is wrong with it', async () => {
  const place = temporaryFolder();
  writeFileSync(join(place, 'chatstorm.yml'), 'user: 5\n');
  for (const command of ['load', 'trend', 'metrics']) {
    const run = new Running([command], place, {}, place);
    expect(await run.ended).toBe(2);
    expect(run.output).toBe('Unknown key `user` (chatstorm.yml:1)\n');
  }
});

test('init writes what can be read, and leaves what is there', async () => {
  const place = temporaryFolder();
  writeFileSync(join(place, '.gitignore'), 'dist');
  const first = new Running(['init'], place, {}, place);
  expect(await first.ended, first.output).toBe(0);
  expect(readProject(join(place, 'chatstorm.yml'))).toMatchObject({ scenarios: ['broadcast'], users: 50 });
  expect(readFileSync(join(place, '.gitignore'), 'utf8')).toBe('dist\nreports/runs/\n');
  const again = new Running(['init'], place, {}, place);
  expect(await again.ended).toBe(2);
  expect(again.output).toBe('There is a file chatstorm.yml already. Change it, or remove it first.\n');
});
