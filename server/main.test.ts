import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { io } from 'socket.io-client';
import { expect, onTestFinished, test } from 'vitest';
import { ask, client, frame, get, next, upgrade } from '../test/support/test-client.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

/** The server as a child with an IPC channel, ended when the test does; its url. */
async function start(options: object = {}): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(main, { env: env({ CHATSTORM_SERVER: JSON.stringify({ port: 0, page: false, ...options }) }) });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const [message] = (await once(child, 'message')) as [{ ready: string }];
  return { child, url: message.ready };
}

/** The server as a program without a channel; how it ends and what it says. */
async function run(set: Record<string, string>): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [main], { env: env(set) });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const read = async (stream: NodeJS.ReadableStream) => {
    let text = '';
    for await (const chunk of stream) text += chunk;
    return text;
  };
  const [[code], out, err] = await Promise.all([once(child, 'exit'), read(child.stdout), read(child.stderr)]);
  return { code, out, err };
}

function env(set: Record<string, string>): NodeJS.ProcessEnv {
  const { CHATSTORM_SERVER: _1, HOST: _2, PORT: _3, ...rest } = process.env;
  return { ...rest, ...set };
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends it with 0 within five seconds, whatever its clients do',
  async (signal) => {
    const { child, url } = await start();
    const ana = client(url);
    await next(ana, 'connect');
    const hung = await upgrade(url);
    if (typeof hung !== 'number') hung.write(frame('40'));
    const reason = next(ana, 'disconnect');
    const exit = once(child, 'exit', { signal: AbortSignal.timeout(5000) });
    child.kill(signal);
    expect(await exit).toEqual([0, null]);
    expect(['transport close', 'transport error']).toContain(await reason);
    expect(ana.active).toBe(true);
  },
);

test('it ends when its parent goes', async () => {
  const { child } = await start();
  const exit = once(child, 'exit');
  child.disconnect();
  expect(await exit).toEqual([0, null]);
});

test('it serves the page and listens where HOST and PORT say, and prints where', async () => {
  const child = spawn(process.execPath, [main], { env: env({ HOST: 'localhost', PORT: '0' }) });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = /http:\/\/localhost:\d+/.exec(line.toString())?.[0] ?? '';
  const { status, body } = await get(`${url}/`);
  expect(status).toBe(200);
  expect(body).toContain('<title>chatstorm</title>');
});

test.each([
  [{ CHATSTORM_SERVER: '{"port":"eighty"}' }, '`port`'],
  [{ CHATSTORM_SERVER: '{"prot":3000}' }, 'There is no option `prot`'],
  [{ CHATSTORM_SERVER: '[1]' }, 'Expected CHATSTORM_SERVER to be one JSON object'],
  [{ CHATSTORM_SERVER: 'port=3000' }, 'Expected CHATSTORM_SERVER to be one JSON object'],
  [{ PORT: 'eighty' }, '`port`'],
])('%j ends it with 2 and one sentence', async (set, part) => {
  const { code, out, err } = await run(set);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(part);
  expect(err.trimEnd()).not.toContain('\n');
});

test('it outlives the end of its descriptors: what cannot be read is a gap in its vitals', async () => {
  const child = spawn('sh', ['-c', 'ulimit -n 100; exec "$0" "$1"', process.execPath, main], {
    // As somebody might set it who takes no account of descriptors.
    env: env({ CHATSTORM_SERVER: '{"port":0,"page":false,"maxConnections":1000}' }),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const [{ ready: url }] = (await once(child, 'message')) as [{ ready: string }];
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const heap = async () => {
    const [response] = (await once(request(`${url}/vitals`, { agent }).end(), 'response')) as [IncomingMessage];
    return JSON.parse(Buffer.concat(await response.toArray()).toString()).heapUsedBytes;
  };
  expect(await heap()).toBeGreaterThan(0);
  const { port } = new URL(url);
  const many = Array.from({ length: 200 }, () => connect(Number(port), '127.0.0.1').on('error', () => {}));
  await expect.poll(heap).toBeNull();
  for (const socket of many) socket.destroy();
  await expect.poll(heap).toBeGreaterThan(0);
  agent.destroy();
  expect((await get(`${url}/health`)).status).toBe(200);
});

test('with 220 descriptors and 1,000 connections it serves those it has, refuses the rest, and takes new ones later', async () => {
  const child = spawn('sh', ['-c', 'ulimit -n 220; exec "$0" "$1"', process.execPath, main], {
    env: env({ CHATSTORM_SERVER: '{"port":0,"page":false,"maxConnectionsPerAddress":0}' }),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const [{ ready: url }] = (await once(child, 'message')) as [{ ready: string }];
  const outcomes = { connected: 0, refused: 0 };
  const clients = Array.from({ length: 1000 }, () =>
    io(url, { transports: ['websocket'], reconnection: false, forceNew: true }),
  );
  onTestFinished(() => {
    for (const one of clients) one.close();
  });
  await Promise.all(
    clients.map((one) => {
      const [connected, refused] = [next(one, 'connect'), next(one, 'connect_error')];
      return Promise.race([
        connected.then(() => (outcomes.connected += 1)),
        refused.then(() => (outcomes.refused += 1)),
      ]);
    }),
  );
  expect(outcomes).toEqual({ connected: 124, refused: 876 });
  const inside = clients.filter(({ connected }) => connected);
  expect(inside).toHaveLength(124);
  const acks = await Promise.all(inside.map((one) => ask(one, 'rtt')));
  expect(acks.every(({ ok }) => ok)).toBe(true);
  for (const one of inside.slice(0, 20)) one.close();
  const late = client(url);
  expect(await ask(late, 'rtt')).toEqual({ ok: true });
  expect(JSON.parse((await get(`${url}/vitals`)).body).refusals.full).toBeGreaterThan(0);
  expect(child.exitCode).toBeNull();
});

test.each([
  [
    'an error that nothing caught',
    'process.nextTick(() => { throw new Error("out of the blue") })',
    'An error was not caught',
  ],
  ['a rejection that nothing handled', 'Promise.reject(new Error("out of the blue"))', 'A promise was rejected'],
])('%s is said, and ends it in order with 70', async (_what, broken, said) => {
  const preload = `data:text/javascript,process.on("SIGUSR2", () => { ${broken} })`;
  const child = fork(main, {
    env: env({ CHATSTORM_SERVER: '{"port":0,"page":false}' }),
    execArgv: ['--import', preload],
    silent: true,
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const [message] = (await once(child, 'message')) as [{ ready: string }];
  const ana = client(message.ready);
  await next(ana, 'connect');
  const gone = next(ana, 'disconnect');
  const [said1, exit] = [child.stderr!.toArray(), once(child, 'exit')];
  child.kill('SIGUSR2');
  await gone;
  expect(await exit).toEqual([70, null]);
  const lines = Buffer.concat(await said1).toString();
  expect(lines).toContain(said);
  expect(lines).toContain('out of the blue');
});

test('a second SIGTERM ends it at once, with 1', async () => {
  const { child, url } = await start();
  const hung = await upgrade(url);
  if (typeof hung !== 'number') hung.write(frame('40'));
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  child.kill('SIGTERM');
  await expect.poll(() => child.kill('SIGTERM')).toBe(false);
  expect(await exit).toEqual([1, null]);
});

test('a port in use ends it with 2 and says how to choose another', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  onTestFinished(() => {
    taken.close();
  });
  const { port } = taken.address() as { port: number };
  const { code, err } = await run({ PORT: String(port), CHATSTORM_SERVER: '{"page":false}' });
  expect(code).toBe(2);
  expect(err.trimEnd()).toBe(
    `Port ${port} on 127.0.0.1 is in use: stop what listens there, or choose another port (PORT=${port + 1}).`,
  );
});
