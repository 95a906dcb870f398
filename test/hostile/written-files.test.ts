import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { UsageError } from '../../base/errors.ts';
import { randomOf } from '../../base/random.ts';
import { planRun } from '../../load/plan/run-plan.ts';
import { requestsOf } from '../../load/plan/run-request.ts';
import { scenarioOptionNames } from '../../scenarios/scenario-options.ts';
import { root } from '../support/chatstorm.ts';
import { mutatedText } from './mutations.ts';

const folder = mkdtempSync(join(tmpdir(), 'chatstorm-hostile-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Longer than anything that is refused may take. */
const LIMIT_MS = 10_000;

/** What asking for a run comes to: its plan, or the sentence why it is refused. Anything else is thrown. */
async function outcomeOf(scenario: string, options: object = {}): Promise<{ plan?: unknown; refused?: string }> {
  const startedAt = performance.now();
  try {
    const [request] = await requestsOf([scenario], { crowd: true, out: join(folder, 'run'), ...options }, 1, {});
    return { plan: planRun(request!, {}, '2026-01-01T00:00:00.000Z') };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { refused: error.message };
  } finally {
    expect(performance.now() - startedAt).toBeLessThan(LIMIT_MS);
  }
}

const broadcast = readFileSync(join(root, 'scenarios/broadcast.yml'), 'utf8');
const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefghij'
  .split('')
  .map((name, at) => {
    const last = 'abcdefghij'[at];
    return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${last}`).join(', ')}]`;
  })
  .join('\n')}\n`;

/** Texts that are no scenario and no dialect. */
const broken: [string, string][] = [
  ['nothing', ''],
  ['white space', ' \n\t\n'],
  ['a comment', '# nothing\n'],
  ['null', 'null\n'],
  ['a number', '5\n'],
  ['a text', 'hello\n'],
  ['true', 'true\n'],
  ['a list', '- a\n- b\n'],
  ['an empty list', '[]\n'],
  ['two documents', 'a: 1\n---\nb: 2\n'],
  ['no YAML', '{ a: [1, 2\n'],
  ['a tab', 'a:\n\tb: 1\n'],
  ['a key twice', 'config: {}\nconfig: {}\n'],
  ['an alias that leads nowhere', 'config: *nowhere\n'],
  ['an alias in a circle', 'config: &a\n  b: *a\n'],
  ['a circle as a key', '&a { *a : 1 }\n'],
  ['a bomb of aliases', bomb],
  ['a merge of nothing', '<<: *a\n'],
  ['a tag', '!!js/function "() => 1"\n'],
  ['a list for a key', '? [a, b]\n: c\n'],
  ['an object for a key', '? { a: 1 }\n: c\n'],
  ['keys of objects', '__proto__: { polluted: true }\nconstructor: 1\nprototype: 2\n'],
  ['nesting without end', '['.repeat(20_000)],
  ['objects in objects', `${'{a: '.repeat(3000)}1${'}'.repeat(3000)}`],
  ['a line of a megabyte', `config: ${'x'.repeat(1 << 20)}\n`],
  ['a key of a megabyte', `${'k'.repeat(1 << 20)}: 1\n`],
  ['a hundred thousand keys', Array.from({ length: 50_000 }, (_, at) => `k${at}: 1`).join('\n')],
  ['bytes', '\u0000\u0001\u0002\ufffd\u007f'],
  ['a byte order mark', '\ufeff{}'],
  ['control characters', 'config: "\u001b[2J\u0007"\n'],
  ['JSON with a prototype', '{"__proto__": {"config": 1}}'],
];

test.each(broken)('a scenario that is $0 is refused with its place', async (_what, text) => {
  const file = join(folder, 'broken.yml');
  writeFileSync(file, text);
  const { refused } = await outcomeOf(file);
  expect(refused).toContain('broken.yml');
  expect(refused!.length).toBeLessThan(20_000);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test.each(broken)('a dialect that is $0 is refused with its place', async (_what, text) => {
  const file = join(folder, 'broken-dialect.yml');
  writeFileSync(file, text);
  const { refused } = await outcomeOf('broadcast', { target: 'http://127.0.0.1:9', dialect: file });
  expect(refused).toContain('broken-dialect.yml');
});

/** What stands in a scenario's place, and what is said then. */
const values: [string, string, string][] = [
  ['a duration of ages', 'measure: 30s', 'measure: 1000000000s'],
  ['a duration below zero', 'measure: 30s', 'measure: -5s'],
  ['a duration of nothing', 'measure: 30s', 'measure: 0s'],
  ['a duration in words', 'measure: 30s', 'measure: a while'],
  ['a duration that is a list', 'measure: 30s', 'measure: [30s]'],
  ['a fraction of a second', 'measure: 30s', 'measure: 0.5s'],
  ['no number', 'rooms: 2', 'rooms: .nan'],
  ['infinitely many', 'rooms: 2', 'rooms: .inf'],
  ['far too many rooms', 'rooms: 2', 'rooms: 1e12'],
  ['no rooms', 'rooms: 2', 'rooms: 0'],
  ['half a room', 'rooms: 2', 'rooms: 1.5'],
  ['far too many talkers', 'talkers: 4', 'talkers: 1e9'],
  ['far too many listeners', 'listeners: 20', 'listeners: 1e9'],
  ['a rate of ages', 'rate: 10/s', 'rate: 1e12/s'],
  ['a rate of nothing', 'rate: 10/s', 'rate: 0/s'],
  ['a crowd without end', 'arrivalCount: 100', 'arrivalCount: 1e15'],
  ['a crowd below zero', 'arrivalCount: 100', 'arrivalCount: -1'],
  ['a threshold over nothing', 'delivery.lost == 0', 'delivery.lost'],
  ['a threshold with code', 'delivery.lost == 0', 'process.exit() == 0'],
  ['a threshold of a megabyte', 'delivery.lost == 0', `${'('.repeat(1 << 20)} == 0`],
  ['a dialect that there is not', 'dialect: rooms', 'dialect: __proto__'],
  ['a server option that there is not', 'pingInterval: 5s', '__proto__: 5s'],
  ['a key that there is not', 'dialect: rooms', 'dialect: rooms\n  __proto__: { a: 1 }'],
  ['an engine that there is not', 'engine: socketio-v3', 'engine: constructor'],
];

test.each(values)('$0 in a scenario is refused with file and line', async (_what, right, wrong) => {
  const file = join(folder, 'wrong.yml');
  expect(broadcast).toContain(right);
  writeFileSync(file, broadcast.replace(right, wrong));
  const { refused } = await outcomeOf(file);
  expect(refused).toMatch(/wrong\.yml:\d+/);
});

const longValue = 'x'.repeat(100_000);

test.each(
  scenarioOptionNames.flatMap((name) =>
    ['__proto__', 'constructor', '', ' ', '-1', 'NaN', '1e999', '🎉', '\u0000', longValue].map(
      (value): [string, string, string] => [name, value === longValue ? 'a long text' : JSON.stringify(value), value],
    ),
  ),
)('--%s %s is refused, or a run', async (name, _what, value) => {
  const { refused, plan } = await outcomeOf('reconnect', { [name]: value });
  expect(refused === undefined ? plan : refused).toBeDefined();
  if (refused !== undefined)
    expect(refused).toContain(`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
});

describe('what is no file', () => {
  test.each([
    ['a folder', (path: string) => mkdirSync(path), 'it is a folder'],
    ['a pipe', (path: string) => void execFileSync('mkfifo', [path]), 'it is not a file, but a pipe or a device'],
    ['an endless device', (path: string) => symlinkSync('/dev/zero', path), 'it is not a file, but a pipe or a device'],
    ['a link to itself', (path: string) => symlinkSync(path, path), 'its symbolic links lead in a circle'],
    ['a link to nothing', (path: string) => symlinkSync('/nowhere', path), 'it does not exist'],
    ['forty megabytes', (path: string) => writeFileSync(path, Buffer.alloc(40 << 20)), 'it is too large'],
  ])('%s', async (what, make, why) => {
    const path = join(folder, `${what.replaceAll(' ', '-')}.yml`);
    make(path);
    expect((await outcomeOf(path)).refused).toContain(`Cannot read the scenario ${path}: ${why}`);
    const target = 'http://127.0.0.1:9';
    expect((await outcomeOf('broadcast', { target, dialect: path })).refused).toContain(
      `Cannot read the dialect ${path}: ${why}`,
    );
    const dialect = join(folder, 'with-users.yml');
    const csv = path.replace('.yml', '.csv');
    symlinkSync(path, csv);
    writeFileSync(dialect, `users: ${csv}\nsend: { emit: a, args: ["{text}"] }\nhear: { event: a }\n`);
    expect((await outcomeOf('broadcast', { target, dialect })).refused).toContain(
      `Cannot read the users in ${csv}: ${why}`,
    );
  });
});

test('3,000 damaged scenarios and dialects are refused in sentences, or are runs', { timeout: 60_000 }, async () => {
  const random = randomOf('written files');
  const scenarios = ['broadcast', 'fallback', 'reconnect'].map((name) =>
    readFileSync(join(root, `scenarios/${name}.yml`), 'utf8'),
  );
  const dialects = ['session-cookies', 'msgpack', 'private-messages', 'jwt-namespace']
    .map((name) => join(root, 'examples', name, 'dialect.yml'))
    .flatMap((file) => readIfThere(file));
  const outcomes = { refused: 0, run: 0 };
  for (let at = 0; at < 3000; at += 1) {
    const isScenario = dialects.length === 0 || at % 2 === 0;
    const from = isScenario ? scenarios : dialects;
    const text = mutatedText(from[at % from.length]!, random);
    const file = join(folder, 'damaged.yml');
    writeFileSync(file, text);
    const outcome = await (isScenario
      ? outcomeOf(file)
      : outcomeOf('broadcast', { target: 'http://127.0.0.1:9', dialect: file })
    ).catch((error) => {
      throw new Error(`${(error as Error).stack}\nin:\n${text}`);
    });
    outcomes[outcome.refused === undefined ? 'run' : 'refused'] += 1;
    if (outcome.refused !== undefined) expect(outcome.refused, text).toMatch(/^\S/);
  }
  expect(outcomes.refused).toBeGreaterThan(500);
  expect(outcomes.run).toBeGreaterThan(100);
});

test('1,500 command lines are refused in sentences, or are runs', { timeout: 60_000 }, async () => {
  const random = randomOf('command lines');
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const words = [
    'on',
    'both',
    '30s',
    '5',
    '10/s',
    'rooms',
    'plain',
    'poisson',
    'mobile',
    'https://a.invalid',
    '127.0.0.1',
  ];
  const names = [...scenarioOptionNames, 'dialect', 'seed', 'target', 'iOwn', 'recovery', 'quick', 'fitHeartbeat'];
  const outcomes = { refused: 0, run: 0 };
  for (let at = 0; at < 1500; at += 1) {
    const given = Array.from({ length: Math.floor(random() * 4) }, () => {
      const word = random() < 0.4 ? pick(words) : mutatedText(pick(words), random);
      return [pick(names), word] as const;
    });
    const scenario =
      random() < 0.9 ? pick(['broadcast', 'fallback', 'reconnect']) : mutatedText('broadcast.yml', random);
    const { refused } = await outcomeOf(scenario, Object.fromEntries(given)).catch((error) => {
      throw new Error(`${(error as Error).stack}\nfor ${scenario} ${JSON.stringify(given)}`);
    });
    outcomes[refused === undefined ? 'run' : 'refused'] += 1;
  }
  expect(outcomes.refused).toBeGreaterThan(200);
  expect(outcomes.run).toBeGreaterThan(200);
});

function readIfThere(file: string): string[] {
  try {
    return [readFileSync(file, 'utf8')];
  } catch {
    return [];
  }
}
