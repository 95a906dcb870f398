import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { Server, type Socket } from 'socket.io';
import { describe, test, vi } from 'vitest';
import type { Context, Helpers, Script, StepSpec } from './artillery.ts';
import { ChatstormEngine } from './chatstorm-engine.ts';
import type { EngineSocket } from './engine-socket.ts';

/** What Artillery hands to its engines; it exports it to nobody else. */
const artillery = createRequire(import.meta.url).resolve('artillery/package.json');
const helpers: Helpers = await import(new URL('dist/lib/commons/engine_util.js', pathToFileURL(artillery)).href);

type Finish = (end: () => void | Promise<void>) => void;

/** A chat that answers what the flows of these tests say, and keeps what it heard. */
async function chat(finish: Finish) {
  const http = createServer();
  const io = new Server(http, { pingInterval: 60_000 });
  const heard: unknown[][] = [];
  const connections: Socket[] = [];
  const answer = (socket: Socket) => {
    connections.push(socket);
    socket.onAny((...args) => heard.push(args.filter((arg) => typeof arg !== 'function')));
    socket.on('login', (name, ack) => ack({ ok: name !== 'nobody', token: `t-${name}` }, 'welcome'));
    socket.on('ask', (word) => socket.emit('answer', `${word}!`, 2));
    socket.on('later', (n) => {
      for (let i = 0; i <= n; i++) socket.emit('count', { i });
    });
    socket.on('chat message', (text) => io.emit('chat message', text));
    socket.on('quit', () => socket.conn.close());
  };
  io.on('connection', answer);
  io.of('/news').on('connection', answer);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  finish(() => io.close());
  return { io, heard, connections, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` };
}

interface FlowOptions {
  readonly config?: object;
  readonly spec?: object;
  readonly vars?: Context['vars'];
  readonly processor?: Record<string, unknown>;
  readonly chatstorm?: object;
}

/** Has one virtual user go through a flow, as Artillery would; what came of it. */
async function play(url: string, flow: readonly StepSpec[], options: FlowOptions = {}) {
  const { config, spec, vars = {}, processor = {}, ...more } = options;
  const engines = { chatstorm: { transports: ['websocket'] } };
  const script = { config: { target: url, engines, processor, ...config }, ...more } as unknown as Script;
  const events = new EventEmitter();
  const [counters, times, errors]: [Record<string, number>, Record<string, number[]>, string[]] = [{}, {}, []];
  events.on('counter', (name: string, n: number) => {
    counters[name] = (counters[name] ?? 0) + n;
  });
  events.on('histogram', (name: string, ms: number) => {
    times[name] = [...(times[name] ?? []), ms];
  });
  events.on('error', (reason: string) => errors.push(reason));
  const engine = new ChatstormEngine(script, events, helpers);
  const scenario = engine.createScenario({ flow, ...spec }, events);
  const context: Context = { vars, funcs: {} };
  const failed = await new Promise<Error | null | undefined>((resolve) => scenario(context, (error) => resolve(error)));
  return { counters, times, errors, failed, vars: context.vars };
}

describe.concurrent('what socketio-v3 has', () => {
  test('emits a list, or a channel with data', async ({ expect, onTestFinished }) => {
    const { url, heard } = await chat(onTestFinished);
    const { failed, counters, times } = await play(
      url,
      [
        { connect: {} },
        { emit: ['say', { a: ['{{ word }}', 1] }, '{{ number }}'], namespace: '' },
        { emit: { channel: 'say', data: 'old' } },
        { emit: ['login', 'ada'], acknowledge: {} },
      ],
      { vars: { word: 'hi', number: 7 } },
    );
    expect(failed).toBe(null);
    expect(heard).toEqual([
      ['say', { a: ['hi', 1] }, 7],
      ['say', 'old'],
      ['login', 'ada'],
    ]);
    expect(counters).toMatchObject({ 'socketio.emit': 3, 'socketio.connected': 1, 'socketio.opened.websocket': 1 });
    expect(times['socketio.connect_time']).toHaveLength(1);
    expect(times['socketio.ack_time']).toHaveLength(1);
  });

  test('connects by itself, to any namespace, and with what the user has', async ({ expect, onTestFinished }) => {
    const { url, connections } = await chat(onTestFinished);
    const { failed } = await play(
      `${url}/?from=url`,
      [
        { connect: { auth: { key: '{{ key }}' } } },
        { connect: { query: { a: 'b' }, extraHeaders: { 'x-own': '{{ key }}' } }, namespace: '/news' },
        { emit: ['login', 'ada'], acknowledge: {}, namespace: '/news' },
        { emit: ['login', 'ada'], acknowledge: {} },
      ],
      { vars: { key: 'k1' } },
    );
    expect(failed).toBe(null);
    const [main, news] = connections;
    expect(main?.handshake).toMatchObject({ auth: { key: 'k1' }, query: { from: 'url' } });
    expect(news?.nsp.name).toBe('/news');
    expect(news?.handshake).toMatchObject({ query: { a: 'b' }, headers: { 'x-own': 'k1' } });
    expect(connections).toHaveLength(2);
  });

  test('holds acks and responses against what is expected, and captures', async ({ expect, onTestFinished }) => {
    const { url } = await chat(onTestFinished);
    const { failed, vars, times } = await play(url, [
      {
        emit: ['login', 'ada'],
        acknowledge: {
          args: [{ ok: true, token: 't-ada' }, 'welcome'],
          match: { json: '$[0].ok', value: true },
          capture: { json: '$[0].token', as: 'token' },
        },
      },
      {
        emit: ['ask', '{{ token }}'],
        response: { on: 'answer', args: ['t-ada!', 2], capture: [{ as: 'word' }, { json: '$[1]', as: 'n' }] },
      },
      { emit: ['ask', 'x'], response: { channel: 'answer', data: ['x!', 2] } },
    ]);
    expect(failed).toBe(null);
    expect(vars).toMatchObject({ token: 't-ada', n: 2 });
    expect(times['socketio.response_time']).toHaveLength(2);
  });

  test.for([
    ['Failed match', { emit: ['login', 'nobody'], acknowledge: { match: { json: '$[0].ok', value: true } } }],
    ['data is not valid', { emit: ['login', 'ada'], acknowledge: { args: ['no'] } }],
    ['data is not valid', { emit: ['ask', 'x'], response: { on: 'answer', data: 'y!' } }],
    ['ack timeout', { emit: ['silence'], acknowledge: {}, ackTimeout: 0.05 }],
    ['response timeout', { emit: ['silence'], response: { on: 'answer', timeout: 0.05 } }],
    ['disconnected before the ack', { emit: ['quit'], acknowledge: {} }],
    ['the processor has no function nothing', { function: 'nothing' }],
    ['oh no', { function: 'fails' }],
    ['oh no', { function: 'rejects' }],
    ['answer did not come', { waitFor: 'answer', timeout: 1 }],
    ['think: expected seconds, or a time such as 500ms, got soon', { think: 'soon' }],
    ['jitter: expected ms, or a share such as 20%, got much', { think: 1, jitter: 'much' }],
  ] as const)('a user fails with "%s"', async ([reason, step], { expect, onTestFinished }) => {
    const { url, heard } = await chat(onTestFinished);
    const processor = {
      fails: (_context: unknown, _events: unknown, done: (error: Error) => void) => done(new Error('oh no')),
      rejects: async () => {
        throw new Error('oh no');
      },
    };
    const { failed, errors } = await play(url, [step, { emit: ['never'] }], {
      processor,
      config: { timeout: 0.1, target: url },
    });
    expect(failed?.message).toBe(reason);
    expect(errors).toEqual([reason]);
    expect(heard).not.toContainEqual(['never']);
  });

  test('a user that cannot connect fails with the reason', async ({ expect }) => {
    const { failed, errors } = await play('http://127.0.0.1:9', [{ connect: {} }]);
    expect(failed?.message).toBe('websocket error: connect ECONNREFUSED 127.0.0.1:9');
    expect(errors).toEqual([failed?.message]);
  });

  test('loops a number of times, over a list, or as long as a function says', async ({ expect, onTestFinished }) => {
    const { url, heard } = await chat(onTestFinished);
    let left = 3;
    const processor = {
      note: (context: Context, _events: unknown, done: () => void) => {
        context.vars.noted = 'yes';
        done();
      },
      more: (_context: Context, done: (goOn: boolean) => void) => done(--left > 0),
    };
    const { failed } = await play(
      url,
      [
        { loop: [{ emit: ['n', '{{ $loopCount }}'] }, { think: '1ms' }], count: 2 },
        { loop: [{ emit: ['range', '{{ $loopCount }}'] }], count: '3-5' },
        { loop: [{ emit: ['over', '{{ $loopElement }}'] }], over: ['a', 'b'] },
        { loop: [{ emit: ['var', '{{ it }}', '{{ i }}'] }], over: 'list', loopElement: 'it', loopValue: 'i' },
        { loop: [{ loop: [{ function: 'note' }, { emit: ['while', '{{ noted }}'] }], count: 1 }], whileTrue: 'more' },
        { emit: ['login', 'ada'], acknowledge: {} },
      ],
      { vars: { list: ['x'] }, processor },
    );
    expect(failed).toBe(null);
    expect(heard).toEqual([
      ...[
        ['n', 0],
        ['n', 1],
        ['range', 3],
        ['range', 4],
        ['over', 'a'],
        ['over', 'b'],
        ['var', 'x', 0],
      ],
      ...[
        ['while', 'yes'],
        ['while', 'yes'],
        ['while', 'yes'],
        ['login', 'ada'],
      ],
    ]);
  });
});

test('thinks for seconds, fractions included, or for a time with a unit', async ({ expect }) => {
  const waits: number[] = [];
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((done: () => void, ms: number) => {
    waits.push(ms);
    done();
  }) as unknown as typeof setTimeout);
  const flow = [{ think: 2 }, { think: 0.5 }, { think: '1.5' }, { think: '20ms' }, { think: '{{ t }}' }];
  await play('http://127.0.0.1:9', [...flow, { think: 1, jitter: '10%' }], { vars: { t: 3 } });
  vi.restoreAllMocks();
  expect(waits.slice(0, 5)).toEqual([2000, 500, 1500, 20, 3000]);
  expect(Math.abs(waits[5]! - 1000)).toBeLessThanOrEqual(100);
});

describe.concurrent('what is new', () => {
  test('listens, and times what says when it was sent', async ({ expect, onTestFinished }) => {
    const { url } = await chat(onTestFinished);
    const { counters, times } = await play(
      url,
      [
        { listen: 'count' },
        { listen: { on: 'answer', sentAt: '0' } },
        { emit: ['later', 4] },
        { emit: ['ask', '{{ now }}'], response: { on: 'answer' } },
        { emit: ['login', 'ada'], acknowledge: {} },
      ],
      { vars: { now: new Date().toISOString().slice(0, -1) } },
    );
    expect(counters).toMatchObject({ 'socketio.received.count': 5, 'socketio.received.answer': 1 });
    expect(times['socketio.broadcast_latency'] ?? []).toEqual([]);
  });

  test('waits for an event that matches', async ({ expect, onTestFinished }) => {
    const { url, heard } = await chat(onTestFinished);
    const { failed, vars } = await play(url, [
      { emit: ['later', 6] },
      { waitFor: { on: 'count', match: { json: '$.i', value: 3 }, capture: { json: '$.i', as: 'found' } } },
      { emit: ['after', '{{ found }}'] },
      { emit: ['login', 'ada'], acknowledge: {} },
    ]);
    expect(failed).toBe(null);
    expect(vars.found).toBe(3);
    expect(heard).toContainEqual(['after', 3]);
  });

  test('disconnects, and reconnects by itself', async ({ expect, onTestFinished }) => {
    const { url, connections, io } = await chat(onTestFinished);
    const processor = {
      cut: async () => {
        const back = once(io, 'connection');
        connections[0]!.conn.close();
        await back;
      },
    };
    const { failed, counters, times } = await play(
      url,
      [
        { connect: {} },
        { function: 'cut' },
        { emit: ['login', 'a'], acknowledge: {} },
        { disconnect: {} },
        { emit: ['login', 'b'], acknowledge: {} },
      ],
      { processor },
    );
    expect(failed).toBe(null);
    expect(counters).toMatchObject({ 'socketio.connected': 3, 'socketio.disconnected.transport_close': 1 });
    expect(times['socketio.reconnect_time']).toHaveLength(1);
  });

  test('tells a function that the user has gone', async ({ expect, onTestFinished }) => {
    const { url } = await chat(onTestFinished);
    const told: unknown[] = [];
    const processor = {
      listen: (context: Context, _events: unknown, done: () => void) => {
        const [socket] = Object.values(context.sockets as Record<string, EngineSocket>);
        socket!.on('disconnect', (reason) => told.push(reason));
        done();
      },
    };
    await play(url, [{ connect: {} }, { function: 'listen' }], { processor });
    expect(told).toEqual(['io client disconnect']);
  });

  test('joins, sends and plays in the dialect, and measures what others hear', async ({ expect, onTestFinished }) => {
    const { url } = await chat(onTestFinished);
    const { failed, counters, times } = await play(
      url,
      [{ join: 'lobby' }, { send: 'hello there' }, { play: { persona: 'talker', every: 0.01, for: 0.05 } }],
      { spec: { users: 3 } },
    );
    expect(failed).toBe(null);
    expect(counters['socketio.received']).toBeGreaterThanOrEqual(3);
    expect(times['socketio.broadcast_latency']?.length).toBeGreaterThanOrEqual(3);
    expect(counters).not.toHaveProperty('socketio.duplicates');
  });

  test('a squad has as many users as is said, and as many as it is told later', async ({ expect, onTestFinished }) => {
    const { url, io } = await chat(onTestFinished);
    let resize: ((users: number, overS: number) => void) | undefined;
    let isOver = false;
    const processor = {
      ready: (context: Context, _events: unknown, done: () => void) => {
        resize = context.resize as typeof resize;
        done();
      },
      stays: (_context: Context, done: (goOn: boolean) => void) => done(!isOver),
    };
    const flow = [{ connect: { auth: { n: '{{ $user }}' } } }, { loop: [{ think: '5ms' }], whileTrue: 'stays' }];
    const over = play(url, flow, { spec: { users: 4, over: 0.05, beforeScenario: 'ready' }, processor });
    const numbers = () =>
      [...io.sockets.sockets.values()].map(({ handshake }) => handshake.auth.n).toSorted((a, b) => a - b);
    await expect.poll(numbers).toEqual([0, 1, 2, 3]);
    resize?.(6, 0.02);
    await expect.poll(numbers).toEqual([0, 1, 2, 3, 4, 5]);
    resize?.(2, 0);
    await expect.poll(numbers).toEqual([0, 1]);
    isOver = true;
    const { failed, errors, counters } = await over;
    expect(failed).toBe(null);
    expect(errors).toEqual([]);
    expect(counters['socketio.connected']).toBe(6);
    await expect.poll(numbers).toEqual([]);
  });

  test('the users of a squad are counted across worker threads', async ({ expect, onTestFinished }) => {
    const { url, connections } = await chat(onTestFinished);
    const phases = [{ worker: 2, totalWorkers: 3 }];
    const flow = [{ connect: { auth: { n: '{{ $user }}' } } }];
    await play(url, flow, { spec: { users: 8 }, config: { target: url, phases } });
    expect(connections.map(({ handshake }) => handshake.auth.n)).toEqual([1, 4, 7]);
  });

  test.for([
    [{ emitt: ['x'] }, /expected a step with one of loop, think, emit.*got \{"emitt":\["x"\]\}/],
    [{ play: 'ghost' }, /expected a persona, one of talker, listener, mobile.*got ghost/],
    [{ loop: [], whileTrue: 'missing' }, /the processor has no function missing/],
  ] as const)('what makes no sense is refused before anybody comes', async ([step, message], { expect }) => {
    await expect(play('http://127.0.0.1:9', [step])).rejects.toThrow(message);
  });
});
