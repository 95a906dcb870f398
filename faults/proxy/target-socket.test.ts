import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { selfSigned } from '../../test/support/self-signed.ts';
import { createProxy } from './fault-proxy.ts';

/** A target behind TLS that echoes, and a proxy before it. */
async function behindTls(trust: (cert: string) => { ca?: string; insecure: boolean }) {
  const { key, cert } = selfSigned();
  const arrived: TLSSocket[] = [];
  const server = createServer({ key, cert }, (socket) => {
    arrived.push(socket);
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const target = { host: '127.0.0.1', port: (server.address() as AddressInfo).port, tls: trust(cert) };
  const proxy = await createProxy({ target, seed: 'a', now: () => performance.now(), onEvent: () => {} });
  const client = connect(proxy.port, '127.0.0.1');
  const errors: string[] = [];
  client.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code ?? ''));
  onTestFinished(async () => {
    client.destroy();
    await proxy.close();
    server.close();
  });
  return { proxy, client, arrived, errors };
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

test.each([
  ['that is trusted', (ca: string) => ({ ca, insecure: false })],
  ['that is not asked for its certificate', () => ({ insecure: true })],
])('clear text comes and goes before a target behind TLS %s, and so does an end', async (_, trust) => {
  const { client, arrived } = await behindTls(trust);
  client.write('hello');
  const [echo] = await once(client, 'data');
  expect(String(echo)).toBe('hello');
  client.end();
  await once(client, 'close');
  await expect.poll(() => arrived[0]?.destroyed).toBe(true);
});

test('a certificate that is not trusted ends the connection', async () => {
  const { client } = await behindTls(() => ({ insecure: false }));
  client.write('hello');
  await closed(client);
  expect(client.bytesRead).toBe(0);
});

test('a reset reaches both ends as a reset', async () => {
  const { proxy, client, arrived, errors } = await behindTls(() => ({ insecure: true }));
  client.write('hello');
  await once(client, 'data');
  const [server] = arrived;
  const ended = new Promise<boolean>((resolve) => server!.once('close', resolve));
  proxy.set({ kind: 'reset' });
  await closed(client);
  expect(errors).toEqual(['ECONNRESET']);
  expect(await ended).toBe(true);
});
