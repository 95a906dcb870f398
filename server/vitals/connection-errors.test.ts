import { expect, test } from 'vitest';
import { get, startServer, upgrade } from '../../test/support/test-client.ts';
import { type ConnectionError, nameOf } from './connection-errors.ts';
import type { Vitals } from './vitals.ts';

test.each<[ConnectionError, string]>([
  [{ code: 3, context: { name: 'TRANSPORT_MISMATCH' } }, 'TRANSPORT_MISMATCH'],
  [{ code: 0, context: {} }, 'UNKNOWN_TRANSPORT'],
  [{ code: 1 }, 'UNKNOWN_SID'],
  [{ code: 2, context: { name: 7 } }, 'BAD_HANDSHAKE_METHOD'],
  [{ code: 3, context: { name: 'free text' } }, 'BAD_REQUEST'],
  [{ code: 3, context: { name: 'A'.repeat(41) } }, 'BAD_REQUEST'],
  [{ code: 3, context: { name: '__proto__' } }, 'BAD_REQUEST'],
  [{ code: 99 }, 'OTHER'],
])('%j is counted as %s', (error, name) => {
  expect(nameOf(error)).toBe(name);
});

test('vitals tell why connections were refused, by the name that says most', async () => {
  const { url } = await startServer();
  const engine = (query: string) => `${url}/socket.io/?${query}`;
  const polling = engine('EIO=4&transport=polling');
  const { sid } = JSON.parse((await get(polling)).body.slice(1)) as { sid: string };
  const refused = [
    await get(engine('EIO=4&transport=websocket')),
    await get(engine('EIO=4&transport=pigeon')),
    await get(engine('EIO=4')),
    await get(`${polling}&sid=unknown`),
    await get(engine(`EIO=4&transport=websocket&sid=${sid}`)),
    await get(engine(`EIO=3&transport=polling&sid=${sid}`)),
    await get(engine('EIO=3&transport=polling')),
    await get(polling, {}, '40'),
  ];
  expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 400));
  expect((await get(polling, { origin: 'https://evil.example' })).status).toBe(403);
  expect(await upgrade(url, { origin: 'https://evil.example' })).toBe(400);

  const counted = async () => (JSON.parse((await get(`${url}/vitals`)).body) as Vitals).connectionErrors;
  await expect.poll(counted).toEqual({
    TRANSPORT_HANDSHAKE_ERROR: 1,
    UNKNOWN_TRANSPORT: 2,
    UNKNOWN_SID: 1,
    TRANSPORT_MISMATCH: 1,
    PROTOCOL_MISMATCH: 1,
    UNSUPPORTED_PROTOCOL_VERSION: 1,
    BAD_HANDSHAKE_METHOD: 1,
    FORBIDDEN: 2,
  });
});
