import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { LinkFault } from '../../bots/persona.ts';
import { personas } from '../../bots/personas/shipped.ts';
import { parseFault } from '../../faults/registry.ts';
import { rehearse } from './persona-rehearsal.ts';
import { checkPersonas, PersonaThreads } from './persona-threads.ts';

const folder = mkdtempSync(join(tmpdir(), 'personas-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
/** A persona in a file of its own, whose `live` has this body. */
function personaOf(body: string, rest = ''): string {
  files += 1;
  const file = join(folder, `rider-${files}.ts`);
  writeFileSync(file, `export const persona = { ${rest}\n  async live(bot, world) {\n${body}\n  },\n};\n`);
  return file;
}

/** What checking a persona comes to. */
async function checked(file: string): Promise<string> {
  return checkPersonas([file]).then(
    () => 'fine',
    (error: Error) => error.message.replaceAll(folder, 'FOLDER'),
  );
}

test.concurrent.each([
  ['a fault that there is', "await world.happen([{ kind: 'blackhole' }]);", 'fine'],
  ['what goes on for ever', 'for (;;) await world.pause(1000);', 'fine'],
  ['what waits by a clock of its own', 'await new Promise((resolve) => setTimeout(resolve, 60_000));', 'fine'],
  ['what waits for something that never comes', 'await new Promise(() => {});', 'fine'],
  ['what fails for reasons of its own', "throw new Error('no network')", 'fine'],
  [
    'a fault that there is not',
    "await world.pause(9000);\nawait world.happen([{ kind: 'blackhol' }]);",
    /^Expected a fault's `kind` to be one of bandwidth, .*, got "blackhol"\. \(rider-\d+\.ts:4\)$/,
  ],
  [
    'a wrong parameter, although it is caught',
    "await world.happen([{ kind: 'latency', meanMs: 'slow' }]).catch(() => {});",
    /latency.* \(rider-\d+\.ts:3\)$/,
  ],
  ['a fault that stands alone', "await world.happen({ kind: 'reset' });", /to get an array.* \(rider-\d+\.ts:3\)$/],
  [
    'a member of the bot that there is not',
    'bot.slep();',
    /^There is no `bot\.slep`; there are .*sleep.* \(rider-\d+\.ts:3\)$/,
  ],
  [
    'a member of the world that there is not',
    'await world.wait(5);',
    /^There is no `world\.wait`.* \(rider-\d+\.ts:3\)$/,
  ],
  ['code that ends the process', 'process.exit(0);', /Cannot load the persona .*: its code ended its thread with 0/],
  ['code that never yields', 'for (;;) {}', /Cannot load the persona .*: its code blocked its thread for 3 s/],
  ['memory without end', 'const all = []; for (;;) all.push(new Array(1e6).fill(1.5));', /its thread failed: .*memory/],
])('is checked beforehand: %s', async (_what, body, expected) => {
  const said = await checked(personaOf(body));
  if (typeof expected === 'string') expect(said).toBe(expected);
  else expect(said).toMatch(expected);
});

test.each([
  ['no persona at all', 'export const other = 5;', 'to export a `persona`'],
  ['one without `live`', 'export const persona = { live: 5 };', 'to give its persona a function `live`'],
  [
    'another policy',
    "export const persona = { live() {}, offline: 'wait' };",
    'an `offline` policy of hold, buffer or drop',
  ],
  ['no TypeScript', 'export const = ;', 'Cannot load the persona'],
  ['code that ends the process', 'process.exit(3);', 'its code ended its thread with 3'],
  ['an error while it loads', "throw new Error('not today');", 'not today'],
])('a file with %s is refused', async (_what, text, part) => {
  files += 1;
  const file = join(folder, `broken-${files}.ts`);
  writeFileSync(file, text);
  expect(await checked(file)).toContain(part);
});

test.each(Object.entries(personas))(
  'the shipped persona %s asks for nothing that there is not',
  async (_name, persona) => {
    expect(await rehearse(persona, parseFault)).toEqual([]);
  },
);

/** A bot of which is noted what is done to it, and a world that does everything at once. */
function stage() {
  const done: unknown[] = [];
  const act = (name: string) => (argument?: string) => void done.push(argument === undefined ? name : [name, argument]);
  let isOver = false;
  const bot = {
    number: 7,
    name: 'bot-7',
    transport: 'websocket' as string | undefined,
    isInRoom: true,
    connect: act('connect'),
    disconnect: act('disconnect'),
    changeNetwork: act('changeNetwork'),
    sleep: act('sleep'),
    wake: act('wake'),
  };
  const world = {
    async pause(ms: number) {
      if (isOver) throw new Error('The run is over.');
      done.push(['pause', ms]);
    },
    async happen(link: readonly LinkFault[]) {
      if (link.length > 3) throw new Error('Expected fewer faults.');
      done.push(['happen', link]);
      return { over: () => void done.push('over') };
    },
    isOver: () => isOver,
  };
  const end = () => {
    isOver = true;
  };
  return { bot, world, done, end };
}

async function lived(file: string, { bot, world }: ReturnType<typeof stage>): Promise<string> {
  const threads = new PersonaThreads();
  try {
    await threads.start([{ nameOrFile: file, bots: 1 }]);
    const name = file.slice(folder.length + 1, -3);
    return await threads.live(name, bot, world, 'seed').then(
      () => 'lived',
      (error: Error) => error.message,
    );
  } finally {
    threads.close();
  }
}

test('a persona acts on its bot and the world, in its own order', async () => {
  const on = stage();
  const file = personaOf(`
    while (bot.transport === undefined || !bot.isInRoom) await world.pause(1);
    const nap = await world.happen([{ kind: 'blackhole' }]);
    bot.sleep();
    await world.pause(4000);
    nap.over();
    bot.wake();
    bot.changeNetwork('127.0.0.2');
    const first = world.random();
    if (first === world.random()) throw new Error('Expected other numbers.');
    await world.happen();`);
  expect(await lived(file, on)).toBe('lived');
  expect(on.done.filter((one) => JSON.stringify(one) !== '["pause",1]')).toEqual([
    ['happen', [{ kind: 'blackhole' }]],
    'sleep',
    ['pause', 4000],
    'over',
    'wake',
    ['changeNetwork', '127.0.0.2'],
    ['happen', []],
  ]);
});

test.concurrent.each([
  ['it throws', "throw new TypeError('no lift');", /^no lift \(rider-\d+\.ts:3\)$/],
  ['it throws something else', 'throw { toString: 5 };', /^object$/],
  [
    'a fault is refused',
    "await world.happen([{ kind: 'reset' }, {}, {}, {}]);",
    /^Expected fewer faults\. \(rider-\d+\.ts:3\)$/,
  ],
  ['it ends the process', 'process.exit(0);', /^its code ended its thread with 0$/],
  ['it never yields', 'for (;;) {}', /^its code blocked its thread for 3 s$/],
  [
    'a timer of it throws',
    "setTimeout(() => { throw new Error('late'); }); await new Promise(() => {});",
    /^its thread failed: late$/,
  ],
])('has failed where %s', async (_what, body, expected) => {
  const on = stage();
  expect(await lived(personaOf(`const lift = await world.happen([{ kind: 'reset' }]);${body}`), on)).toMatch(expected);
});

test('what a failed thread had begun is over', async () => {
  const on = stage();
  await lived(personaOf("await world.happen([{ kind: 'blackhole' }]); process.exit(1);"), on);
  expect(on.done).toEqual([['happen', [{ kind: 'blackhole' }]], 'over']);
});

test('a persona that catches everything ends with the run', async () => {
  const on = stage();
  on.end();
  expect(await lived(personaOf('for (;;) await world.pause(1).catch(() => {});'), on)).toBe('lived');
});
