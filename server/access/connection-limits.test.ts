import { once } from 'node:events';
import { connect, type Socket as NetSocket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { ask, client, get, next, startServer, upgrade } from '../../test/support/test-client.ts';

const polling = (url: string) => `${url}/socket.io/?EIO=4&transport=polling`;

/** A TCP connection, closed when the test ends. */
async function tcp(url: string, localAddress = '127.0.0.1'): Promise<NetSocket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), localAddress });
  onTestFinished(() => {
    socket.destroy();
  });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

test('above the limit a handshake is refused so that a client understands it, and goes in once there is space', async () => {
  const { url } = await startServer({ maxConnections: 2, maxConnectionsPerAddress: 0 });
  const [ana, ben] = [client(url), client(url)];
  await Promise.all([ask(ana, 'rtt'), ask(ben, 'rtt')]);
  const eve = client(url);
  expect(((await next(eve, 'connect_error')) as Error).message).toBe('websocket error');
  expect(await get(polling(url))).toMatchObject({ status: 403, body: expect.stringContaining('Refused: full') });
  expect(await upgrade(url)).toBe(400);
  ben.close();
  expect(await ask(eve, 'rtt')).toEqual({ ok: true });
  expect(await ask(ana, 'rtt')).toEqual({ ok: true });
});

test('above the limit a page is refused with 503 and when to come back', async () => {
  const { url } = await startServer({ maxConnections: 1, maxConnectionsPerAddress: 0 });
  await ask(client(url), 'rtt');
  const { status, headers } = await get(`${url}/health`);
  expect([status, headers.connection, headers['retry-after']]).toEqual([503, 'close', '5']);
});

test('a client that polls over a new connection keeps its session above the limit', async () => {
  const { url } = await startServer({ maxConnections: 1, maxConnectionsPerAddress: 0 });
  const { sid } = JSON.parse((await get(polling(url))).body.slice(1)) as { sid: string };
  await tcp(url);
  expect(await get(`${polling(url)}&sid=${sid}`, {}, '40')).toMatchObject({ status: 200, body: 'ok' });
  expect((await get(`${polling(url)}&sid=${sid}`)).body).toContain('40{"sid"');
});

test('sessions are counted even where no connection is open for them', async () => {
  const { url } = await startServer({ maxConnections: 3, maxConnectionsPerAddress: 0 });
  const answers: string[] = [];
  for (let at = 0; at < 5; at += 1) answers.push((await get(polling(url), { connection: 'close' })).body);
  expect(answers.map((body) => /"sid"|full/.exec(body)?.[0])).toEqual(['"sid"', '"sid"', '"sid"', 'full', 'full']);
});

test('one address takes no more than its share, and others come in', async () => {
  const { url } = await startServer({ maxConnections: 10, maxConnectionsPerAddress: 2 });
  const [ana, ben] = [client(url), client(url)];
  await Promise.all([ask(ana, 'rtt'), ask(ben, 'rtt')]);
  expect((await get(polling(url))).body).toContain('Refused: address');
  const other = await tcp(url, '127.0.0.2');
  other.write(`GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: ${new URL(url).host}\r\n\r\n`);
  const [answer] = (await once(other, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1.1 200 /);
});

test('refusals by reason are in the vitals', async () => {
  const { url } = await startServer({ maxConnections: 100, maxConnectionsPerAddress: 1 });
  const ana = client(url, 'websocket');
  await ask(ana, 'rtt');
  for (let at = 0; at < 3; at += 1) await get(polling(url));
  ana.close();
  await expect.poll(async () => (await get(`${url}/vitals`)).status).toBe(200);
  expect(JSON.parse((await get(`${url}/vitals`)).body).refusals).toMatchObject({
    full: 0,
    address: expect.any(Number),
  });
});

/** What is done on a bare connection, and after which it is closed by the server. */
const slow: [string, (socket: NetSocket, host: string) => void][] = [
  ['a connection that says nothing', () => {}],
  ['half a head', (socket) => socket.write('GET /health HTTP/1.1\r\nHost: ')],
  [
    'a head that goes on for ever',
    (socket, host) => drip(socket, `GET /health HTTP/1.1\r\nHost: ${host}\r\n`, 'X-A: b\r\n'),
  ],
  ['a body that never ends', (socket, host) => drip(socket, post(host, 50_000), 'x')],
  [
    'an idle connection after a request',
    (socket, host) => socket.write(`GET /health HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
  ],
];

function post(host: string, length: number): string {
  return `POST /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${length}\r\n\r\n`;
}

/** Sends a beginning, then the same again and again, too fast to be idle. */
function drip(socket: NetSocket, beginning: string, rest: string): void {
  socket.write(beginning);
  const timer = setInterval(() => socket.write(rest), 50);
  socket.once('close', () => clearInterval(timer));
}

/** Reads on until the server has closed a connection; one that drips may see it reset. */
async function closing(socket: NetSocket): Promise<void> {
  socket.resume();
  socket.on('error', () => {});
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.once('close', () => resolve());
  await promise;
}

async function isUnknown(url: string, sid: string): Promise<boolean> {
  return (await get(`${polling(url)}&sid=${sid}`)).body.includes('Session ID unknown');
}

test.concurrent.each(slow)('%s is closed in time', async (_what, act) => {
  const timeouts = { headersTimeout: 300, requestTimeout: 600, idleTimeout: 400 };
  const { url } = await startServer(timeouts);
  const socket = await tcp(url);
  const closed = closing(socket);
  act(socket, new URL(url).host);
  await closed;
});

test('a body that trickles in for a session that there is ends in time', async () => {
  const { url } = await startServer({ headersTimeout: 300, requestTimeout: 600 });
  const { sid } = JSON.parse((await get(polling(url))).body.slice(1)) as { sid: string };
  const socket = await tcp(url);
  const closed = closing(socket);
  drip(socket, post(new URL(url).host, 50_000).replace('transport=polling', `transport=polling&sid=${sid}`), '4');
  await closed;
  await expect.poll(() => isUnknown(url, sid), { timeout: 15_000 }).toBe(true);
});

test.each([
  ['never comes into the namespace', []],
  ['leaves the namespace', ['40', '41']],
  ['asks for another namespace', ['40/nowhere,']],
])('a client that %s is let go in time', async (_what, packets) => {
  const { url } = await startServer({ connectTimeout: 300 });
  const { sid } = JSON.parse((await get(polling(url))).body.slice(1)) as { sid: string };
  for (const packet of packets) await get(`${polling(url)}&sid=${sid}`, {}, packet);
  await expect.poll(() => isUnknown(url, sid), { timeout: 15_000 }).toBe(true);
});
