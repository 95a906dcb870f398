import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { dial, End, proxyTo, stillPending } from '../../test/support/proxy-ends.ts';

const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

test('a response arrives when it is complete, one after the other on a connection kept alive', async () => {
  const { proxy, respond } = await service();
  proxy.set({ kind: 'buffered' });
  const client = new End(dial(proxy));
  for (const end of ['one', 'two']) {
    client.socket.write(request);
    const response = await respond();
    response.write(`beginning of ${end}, `);
    expect(await stillPending(client.until(`beginning of ${end}`))).toBe(true);
    response.end(`end of ${end}`);
    await client.until(`end of ${end}`);
  }
});

test('it takes hold of a connection that is there, and what waits leaves when it is switched off', async () => {
  const { proxy, respond } = await service();
  const client = new End(dial(proxy));
  client.socket.write(request);
  (await respond()).end('first');
  await client.until('first');
  const { off } = proxy.set({ kind: 'buffered' });
  client.socket.write(request);
  (await respond()).write('second');
  expect(await stillPending(client.until('second'))).toBe(true);
  off();
  await client.until('second');
});

test('a response longer than the buffer passes on', async () => {
  const { proxy, respond } = await service();
  proxy.set({ kind: 'buffered', most: 1000 });
  const client = new End(dial(proxy));
  client.socket.write(request);
  (await respond()).write('x'.repeat(2000));
  await client.until('x'.repeat(1000));
});

async function service() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { proxy } = await proxyTo((server.address() as AddressInfo).port);
  const respond = async () => ((await once(server, 'request')) as [unknown, ServerResponse])[1];
  return { proxy, respond };
}
