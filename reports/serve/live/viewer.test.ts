import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Viewer } from './viewer.ts';

const LARGE = JSON.stringify('x'.repeat(1 << 20));

test('a viewer that hangs makes no more than two events wait, and gets the newest when it continues', async () => {
  const { response, socket } = await asked();
  const viewer = new Viewer(response);
  for (let i = 0; i < 500; i++) {
    viewer.tell(`${i}${LARGE}`);
    await new Promise(setImmediate);
  }
  expect(response.writableLength + (response.socket?.writableLength ?? 0)).toBeLessThan(3 << 20);
  viewer.tell('"newest"');
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    text = (text + chunk).slice(-100);
  });
  socket.resume();
  await expect.poll(() => text).toContain('data: "newest"\n\n');
  viewer.tellFinal('"all"');
  await viewer.gone;
  await expect.poll(() => text).toContain('event: final\ndata: "all"\n\n');
});

test('one who hangs for too long is let go', async () => {
  const { response } = await asked();
  const viewer = new Viewer(response, { beatMs: 1000, hungMs: 20 });
  // The system itself takes in some MB before anybody hangs.
  const telling = setInterval(() => viewer.tell(LARGE), 1);
  await viewer.gone;
  clearInterval(telling);
});

test('one who hears nothing new hears that somebody is there', async () => {
  const { response, socket } = await asked();
  const viewer = new Viewer(response, { beatMs: 10, hungMs: 1000 });
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  socket.resume();
  await expect.poll(() => text.match(/^: still here$/gm)?.length ?? 0).toBeGreaterThan(2);
  viewer.close();
  await viewer.gone;
});

test('one who goes is gone', async () => {
  const { response, socket } = await asked();
  const viewer = new Viewer(response);
  socket.destroy();
  await viewer.gone;
  viewer.tell('1');
  viewer.tellFinal('2');
});

/** The answer to a request whose other end reads nothing yet. */
async function asked(): Promise<{ response: ServerResponse; socket: Socket }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const [, response] = await once(server, 'request');
  onTestFinished(() => {
    socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { response, socket };
}
