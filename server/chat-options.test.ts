import { expect, test } from 'vitest';
import { connectionsFor } from './access/descriptor-limit.ts';
import { ChatServerError, parseOptions } from './chat-options.ts';

test('nothing given is all defaults', () => {
  expect(parseOptions({})).toEqual({
    host: '127.0.0.1',
    port: 3000,
    messageLength: 2000,
    maxHttpBufferSize: 100_000,
    messagesPerSecond: 20,
    bytesPerSecond: 50_000,
    addressMessagesPerSecond: 200,
    addressBytesPerSecond: 500_000,
    historyLength: 50,
    historyBytes: 65_536,
    maxRooms: 2000,
    maxMembers: 10_000,
    roomsPerSocket: 100,
    stateRecovery: false,
    maxDisconnectionDuration: 120_000,
    pingInterval: 25_000,
    pingTimeout: 20_000,
    transports: ['polling', 'websocket'],
    origins: [],
    vitalsToken: '',
    maxConnections: expect.any(Number),
    maxConnectionsPerAddress: expect.any(Number),
    spareConnections: expect.any(Number),
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    idleTimeout: 15_000,
    connectTimeout: 10_000,
    maxBufferedPackets: 10_000,
    maxBufferedBytes: 4_000_000,
    maxTotalBufferedBytes: 200_000_000,
    page: true,
    node: '',
    adapter: 'memory',
    redis: 'redis://127.0.0.1:6379',
    busName: 'chatstorm',
    log: false,
  });
});

test('without a limit in messages there is none in rate at all', () => {
  const rates = { bytesPerSecond: 0, addressMessagesPerSecond: 0, addressBytesPerSecond: 0 };
  expect(parseOptions({ messagesPerSecond: 0 })).toMatchObject(rates);
  expect(parseOptions({ messagesPerSecond: 2, addressBytesPerSecond: 7 })).toMatchObject({
    bytesPerSecond: 5000,
    addressMessagesPerSecond: 20,
    addressBytesPerSecond: 7,
  });
});

test.each([
  [undefined, 1024, { connections: 928, spare: 32 }],
  [undefined, 220, { connections: 124, spare: 32 }],
  [undefined, 100, { connections: 50, spare: 17 }],
  [500, 1024, { connections: 500, spare: 32 }],
])('with %s wanted and %i descriptors there are connections for %j', (wanted, limit, expected) => {
  expect(connectionsFor(wanted, limit)).toEqual(expected);
});

test('an origin is kept without the path and the slash', () => {
  expect(parseOptions({ origins: ['https://Chat.Example.com/'] }).origins).toEqual(['https://chat.example.com']);
});

test.each([
  [{ port: 'eighty' }, '`port`'],
  [{ port: 70_000 }, '`port`'],
  [{ transports: [] }, '`transports`'],
  [{ transports: ['carrier pigeon'] }, '`transports.0`'],
  [{ origins: ['javascript:alert(1)'] }, '`origins.0`'],
  [{ prot: 3000 }, 'There is no option `prot`'],
  [{ pingTimeout: 0, port: -1 }, '`port`'],
  [[], 'one object'],
  ['{}', 'one object'],
])('%j is refused in one sentence', (given, part) => {
  expect(() => parseOptions(given)).toThrow(ChatServerError);
  expect(() => parseOptions(given)).toThrow(part);
  expect(() => parseOptions(given)).toThrow(/^[^\n]+\.$/);
});
