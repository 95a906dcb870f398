import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Namespace, Server } from 'socket.io';
import { afterAll, expect, test } from 'vitest';
import { hash } from '../base/hash.ts';
import { TokenReader } from '../measure/ledger/token.ts';
import { sourceOf } from '../measure/metrics/source.ts';
import { Recorder } from '../measure/record/recorder.ts';
import { LeapingClock } from '../test/targets/leaping-clock.ts';
import { connectOnce } from './connect-once.ts';
import { plain } from './dialect/built-in.ts';
import { type Dialect, dialectSchema } from './dialect/dialect.ts';
import { Probes } from './probes.ts';
import { evenProbes } from './probes-plan.ts';
import type { Schedule } from './schedule.ts';
import { connectorOf } from './socketio/socketio-connection.ts';

const endings: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(endings.map((end) => end())));

/** A chat server of its own for a test; `open` says how it chats. */
async function chat(options: { path?: string; namespace?: string }, open: (io: Namespace) => void): Promise<string> {
  const http = createServer();
  const io = new Server(http, { path: options.path ?? '/socket.io/' });
  open(io.of(options.namespace ?? '/'));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  endings.push(() => {
    http.closeAllConnections();
    return io.close();
  });
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

const usual: Omit<Schedule, 'bots'> = { seed: 's', rate: 20, arrivals: 'constant', fromMs: 1100, toMs: 3100 };

/** Three bots in two rooms or in one, of which two talk once all are in; what was counted, warm-up and all. */
async function run(url: string, dialect: Dialect, schedule = usual, allIn = () => {}) {
  const clock = new LeapingClock();
  const mark = hash(schedule.seed);
  const rooms = dialect.join ? ['one', 'two'] : ['one'];
  const recorder = new Recorder(
    sourceOf('probes'),
    { run: mark },
    { bots: 3, rooms: rooms.length, echo: dialect.echo },
  );
  const context = {
    endpoints: [{ url }],
    dialect,
    rooms,
    recorder,
    clock: () => clock.read(),
    run: mark,
    connectionTo: await connectorOf(dialect, url),
  };
  const plan = evenProbes({ ...schedule, rooms: rooms.length, talkers: 2, listeners: 1, arriveMs: 0, drainMs: 3000 });
  const probes = new Probes(context, plan);
  const running = probes.run();
  const { links } = recorder.ledger;
  await expect.poll(() => plan.bots.every(({ room }, bot) => links.joinedOn(bot, room) > 0)).toBe(true);
  // What comes within a second of joining may have been on its way before.
  clock.leap(1000);
  allIn();
  await running;
  probes.close();
  recorder.close(9000);
  const counts: Record<string, number> = {};
  for (const line of recorder.flush()) {
    if (!('counters' in line)) continue;
    for (const [key, n] of Object.entries(line.counters)) counts[key] = (counts[key] ?? 0) + n;
  }
  return counts;
}

const send = { emit: 'say', args: ['{room}', '{text}'], ack: false };
const hear = { event: 'said', text: '0.body' };
const join = { emit: 'enter', args: ['{room}', '{name}'], history: null };

/** Speaks `enter` and `say`, in whatever way a test wants it. */
function talk(io: Namespace, confirm: 'ack' | 'event' | 'none'): void {
  io.on('connection', (socket) => {
    socket.on('enter', (room, _name, ack) => {
      socket.join(room);
      if (confirm === 'ack') ack({ ok: true });
      if (confirm === 'event') socket.emit('entered', room);
    });
    socket.on('say', (room, body) => io.to(room).emit('said', { body }));
  });
}

test.concurrent.each([
  ['an ack', 'ack', 'ack'],
  ['an event', 'event', { event: 'entered' }],
  ['nothing', 'none', 'none'],
] as const)('a join may be confirmed by %s', async (_, how, confirm) => {
  const url = await chat({}, (io) => talk(io, how));
  const counts = await run(url, dialectSchema.parse({ join: { ...join, confirm }, send, hear }));
  expect(counts['messages.sent']).toBeGreaterThan(10);
  expect(counts['delivery.delivered']).toBe(counts['delivery.expected']);
  expect(counts['messages.ok']).toBe(counts['messages.sent']);
});

test.concurrent('a namespace, a path, auth and a sender that does not hear itself', async () => {
  const url = await chat({ path: '/rt/', namespace: '/chat' }, (io) => {
    io.use((socket, next) => next(socket.handshake.auth.token === 'demo' ? undefined : new Error('who are you?')));
    io.on('connection', (socket) => {
      socket.on('say', (_room, body) => socket.broadcast.emit('said', { body }));
    });
  });
  const dialect = { namespace: '/chat', path: '/rt/', auth: { token: 'demo' }, send, hear, echo: false };
  const counts = await run(url, dialectSchema.parse(dialect));
  expect(counts['delivery.expected']).toBe(counts['messages.sent']! * 2);
  expect(counts['delivery.delivered']).toBe(counts['delivery.expected']);
  const connectionTo = async (own: object) => (await connectorOf(dialectSchema.parse(own), url))(0, { url });
  await expect(connectOnce(await connectionTo({ ...dialect, auth: {} }), 5000)).rejects.toThrow('who are you?');
  await expect(connectOnce(await connectionTo(plain), 500)).rejects.toThrow();
});

test.concurrent('an ack that refuses, and a text that is found wherever the payload has it', async () => {
  const url = await chat({}, (io) => {
    let said = 0;
    io.on('connection', (socket) => {
      socket.on('say', (_room, body, ack) => {
        if (++said % 5 === 0) return ack({ error: { code: 'SLOW_DOWN' } });
        io.emit('said', { deep: [{ inside: `<b>${body}</b>` }] });
        return ack('fine');
      });
    });
  });
  const counts = await run(
    url,
    dialectSchema.parse({ send: { ...send, ack: true }, hear: { ...hear, text: '0.nowhere' } }),
  );
  expect(counts['messages.refused']).toBeGreaterThan(3);
  expect(counts['errors{reason=refused: SLOW_DOWN}']).toBe(counts['messages.refused']);
  expect(counts['delivery.delivered']).toBe(counts['delivery.expected']);
  expect(counts['delivery.corrupted']).toBeUndefined();
});

test('closing calls come behind all slots, even where the process stood still when they were due', async () => {
  const said = new Map<string, string[]>();
  const token = new TokenReader();
  const url = await chat({}, (io) => {
    io.on('connection', (socket) => {
      socket.on('say', (_room, body) => {
        token.read(body);
        const talker = `${token.run}/${token.sender}`;
        said.set(talker, [...(said.get(talker) ?? []), token.kind]);
        socket.emit('said', { body });
      });
    });
  });
  const schedule = { ...usual, rate: 5 };
  const dialect = dialectSchema.parse({ send, hear });
  // Which timer of a group of probes is the first to be over depends on chance: one in twenty groups will have any order.
  let still = 20;
  const standStill = () => {
    for (const until = performance.now() + 1000; performance.now() < until; );
  };
  const allIn = () => --still === 0 && setTimeout(standStill, schedule.toMs - 1000 - 500);
  await Promise.all(Array.from({ length: 20 }, (_, i) => run(url, dialect, { ...schedule, seed: `${i}` }, allIn)));
  expect(said.size).toBe(40);
  for (const kinds of said.values()) expect(kinds.lastIndexOf('probe')).toBeLessThan(kinds.indexOf('closing'));
});
