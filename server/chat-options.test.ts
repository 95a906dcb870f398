import { expect, test } from 'vitest';
import { ChatServerError, parseOptions } from './chat-options.ts';

test('nothing given is all defaults', () => {
  expect(parseOptions({})).toEqual({
    host: '127.0.0.1',
    port: 3000,
    messageLength: 2000,
    maxHttpBufferSize: 100_000,
    messagesPerSecond: 20,
    historyLength: 50,
    stateRecovery: false,
    pingInterval: 25_000,
    pingTimeout: 20_000,
    transports: ['polling', 'websocket'],
    origins: [],
    vitalsToken: '',
    maxBufferedPackets: 10_000,
    page: true,
    log: false,
  });
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
