import { describe, test } from 'vitest';
import { clients, linkTo, socketOnly } from '../../test/support/contract/clients.ts';
import { echo, timeoutMs } from '../../test/support/contract/echo.ts';
import { socketIoServer } from '../../test/support/contract/servers.ts';
import type { Reply } from '../chat-socket.ts';

describe.concurrent.each(clients)('%s', (_name, connectorOf) => {
  test('asks without an answer in time', async ({ expect, onTestFinished }) => {
    const { connection, ask, heard } = await echo(connectorOf, onTestFinished, socketOnly);
    connection.connect();
    await expect.poll(() => connection.isConnected).toBe(true);
    expect(await ask('silence', ['a'], 20)).toEqual({ outcome: 'timeout' });
    expect(await ask('ask', ['b'])).toEqual({ outcome: 'acked', args: ['b'] });
    expect(await ask('twice', ['c'])).toEqual({ outcome: 'acked', args: ['first'] });
    expect(heard).toEqual([
      ['silence', 'a'],
      ['ask', 'b'],
      ['twice', 'c'],
    ]);
  });

  test('gives no answer that comes too late', async ({ expect, onTestFinished }) => {
    const { io, url } = await socketIoServer(onTestFinished);
    const acks: (() => void)[] = [];
    io.on('connection', (socket) => socket.on('ask', (ack) => acks.push(ack)));
    const { connection, log, hear } = await linkTo(connectorOf, url, onTestFinished, socketOnly);
    hear('end');
    connection.connect();
    await expect.poll(() => connection.isConnected).toBe(true);
    connection.request('ask', [], { timeoutMs: 50 }, (reply) => log.push(reply));
    await expect.poll(() => acks.length).toBe(1);
    await expect.poll(() => log.at(-1)).toEqual({ outcome: 'timeout' });
    acks[0]!();
    io.emit('end');
    await expect.poll(() => log).toEqual(['connecting', 'opened', 'connected', { outcome: 'timeout' }, ['end']]);
  });

  test('sends what waited for the link before it tells of it', async ({ expect, onTestFinished }) => {
    const { connection, heard, ask } = await echo(connectorOf, onTestFinished, socketOnly);
    connection.emit('say', [1]);
    connection.emit('say', ['thrown away'], { volatile: true });
    const asked = ask('ask', [2]);
    const late = ask('ask', ['thrown away'], 1);
    connection.emit('say', [3]);
    connection.watch(({ kind }) => kind === 'connected' && connection.emit('say', [4]));
    expect(await late).toEqual({ outcome: 'timeout' });
    connection.connect();
    expect(await asked).toEqual({ outcome: 'acked', args: [2] });
    await expect
      .poll(() => heard)
      .toEqual([
        ['say', 1],
        ['ask', 2],
        ['say', 3],
        ['say', 4],
      ]);
  });

  test('sends volatile events while it is connected', async ({ expect, onTestFinished }) => {
    const { connection, heard } = await echo(connectorOf, onTestFinished, socketOnly);
    const lost = new Promise<Reply>((resolve) =>
      connection.request('ask', ['offline'], { timeoutMs: 20, volatile: true }, resolve),
    );
    expect(await lost).toEqual({ outcome: 'timeout' });
    connection.connect();
    await expect.poll(() => connection.isConnected).toBe(true);
    connection.emit('say', [1], { volatile: true });
    await expect.poll(() => heard).toEqual([['say', 1]]);
    const asked = new Promise<Reply>((resolve) =>
      connection.request('ask', [2], { timeoutMs, volatile: true }, resolve),
    );
    expect(await asked).toEqual({ outcome: 'acked', args: [2] });
  });

  test('throws volatile events away while it is writing', async ({ expect, onTestFinished }) => {
    const { connection, heard } = await echo(connectorOf, onTestFinished, socketOnly);
    connection.connect();
    await expect.poll(() => connection.isConnected).toBe(true);
    connection.emit('say', [1]);
    connection.emit('say', ['thrown away'], { volatile: true });
    connection.emit('say', [2]);
    await expect
      .poll(() => heard)
      .toEqual([
        ['say', 1],
        ['say', 2],
      ]);
  });
});
