import type { Socket } from 'node:net';
import { describe, test } from 'vitest';
import {
  clients,
  connected,
  connecting,
  ended,
  failed,
  linkTo,
  notUpgraded,
  opened,
  pollingFirst,
  upgraded,
} from '../../test/support/contract/clients.ts';
import { openPacket, pollServer } from '../../test/support/contract/servers.ts';
import { frame, takeUpgrades } from '../../test/support/contract/wire.ts';

const overPolling = [connecting, opened('polling', ['websocket']), connected];
const open = { upgrades: ['websocket'] };

describe.concurrent.each(clients)('%s upgrades', (_name, connectorOf) => {
  test('as the last poll ends, and sends nothing meanwhile', async ({ expect, onTestFinished }) => {
    const { http, url, posts, answer } = await pollServer(onTestFinished, { open });
    const peers = takeUpgrades(http, { begin: () => {} });
    const { connection, changes, log, hear } = await linkTo(connectorOf, url, onTestFinished, pollingFirst);
    hear('news');
    connection.connect();
    await expect.poll(() => changes).toEqual(overPolling);
    connection.emit('say', [1]);
    await expect.poll(() => posts).toEqual(['40{}', '42["say",1]']);
    await expect.poll(() => peers[0]?.heard).toEqual(['2probe']);
    // Until the probe is answered, events come and go over polling.
    answer('42["news",1]');
    await expect.poll(() => log.at(-1)).toEqual(['news', 1]);
    connection.on('last', () => connection.emit('say', [2]));
    peers[0]!.raw(frame('3probe'), frame('seen?', { opcode: 9 }));
    await expect.poll(() => peers[0]!.heard).toEqual(['2probe', [10, Buffer.from('seen?')]]);
    expect(connection.transport).toBe('polling');
    answer('42["last"]\x1e42["news",2]\x1e6');
    await expect.poll(() => changes).toEqual([...overPolling, upgraded]);
    peers[0]!.texts('42["news",3]');
    await expect.poll(() => log.at(-1)).toEqual(['news', 3]);
    await expect.poll(() => peers[0]!.heard).toEqual(['2probe', [10, Buffer.from('seen?')], '5', '42["say",2]']);
    expect(posts).toEqual(['40{}', '42["say",1]']);
    expect(log.filter((entry) => typeof entry !== 'string')).toEqual([1, 2, 3].map((n) => ['news', n]));
    peers[0]!.socket.destroy();
    await expect.poll(() => changes.slice(4, 6)).toEqual([ended('transport close'), connecting]);
  });

  test.for([
    ['refused by HTTP', 'probe error: websocket error', (socket: Socket) => socket.end('HTTP/1.1 400 No\r\n\r\n')],
    ['refused without a word', 'probe error: websocket error', (socket: Socket) => socket.destroy()],
  ] as const)('not where it is %s', async ([, reason, refuse], { expect, onTestFinished }) => {
    const { http, url, answer } = await pollServer(onTestFinished, { open });
    http.on('upgrade', (_request, socket) => refuse(socket as Socket));
    const { connection, kinds, changes, log, hear } = await linkTo(connectorOf, url, onTestFinished, pollingFirst);
    hear('news');
    connection.connect();
    await expect.poll(kinds).toEqual(expect.arrayContaining(['upgradeFailed', 'connected']));
    expect(changes).toHaveLength(4);
    expect(changes).toContainEqual(notUpgraded(reason));
    answer('42["news"]');
    await expect.poll(() => log.at(-1)).toEqual(['news']);
    expect([connection.isConnected, connection.transport]).toEqual([true, 'polling']);
  });

  test('not where the probe is answered wrongly', async ({ expect, onTestFinished }) => {
    const { http, url, answer } = await pollServer(onTestFinished, { open });
    const peers = takeUpgrades(http, { begin: () => {} });
    const { connection, changes, log, hear } = await linkTo(connectorOf, url, onTestFinished, pollingFirst);
    hear('news');
    connection.connect();
    await expect.poll(() => connection.isConnected).toBe(true);
    await expect.poll(() => peers[0]?.heard).toEqual(['2probe']);
    // Only the first answer counts.
    peers[0]!.texts('3nope', '3probe', openPacket(), '42["news","never"]');
    await expect.poll(() => changes).toEqual([...overPolling, notUpgraded('probe error')]);
    answer('42["news"]');
    await expect.poll(() => log.at(-1)).toEqual(['news']);
    // What was to be upgraded to is still open; its end is told, too.
    peers[0]!.socket.end();
    await expect.poll(() => changes.slice(4)).toEqual([notUpgraded('probe error: transport closed')]);
    answer('42["news","again"]');
    await expect.poll(() => log.at(-1)).toEqual(['news', 'again']);
    expect(log).toHaveLength(7);
  });

  test('not where the probe is swallowed', async ({ expect, onTestFinished }) => {
    const { http, url, answer } = await pollServer(onTestFinished, { open });
    const peers = takeUpgrades(http, { begin: () => {} });
    const { connection, changes, log, hear } = await linkTo(connectorOf, url, onTestFinished, pollingFirst);
    hear('news');
    connection.connect();
    await expect.poll(() => peers[0]?.heard).toEqual(['2probe']);
    answer('42["news"]');
    await expect.poll(() => log.at(-1)).toEqual(['news']);
    expect(changes).toEqual(overPolling);
    answer((response) => response.writeHead(500).end());
    const end = [ended('transport error'), notUpgraded('probe error: socket closed')];
    await expect.poll(() => changes.slice(3, 6)).toEqual([...end, connecting]);
  });

  test('not while the server closes it', async ({ expect, onTestFinished }) => {
    const { http, url, answer } = await pollServer(onTestFinished, { open });
    const peers = takeUpgrades(http, { begin: () => {} });
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, pollingFirst);
    connection.connect();
    await expect.poll(() => connection.isConnected).toBe(true);
    await expect.poll(() => peers[0]?.heard).toEqual(['2probe']);
    answer('41');
    await expect
      .poll(() => changes)
      .toEqual([...overPolling, notUpgraded('probe error: socket closed'), ended('io server disconnect')]);
  });

  test('not where it is refused meanwhile', async ({ expect, onTestFinished }) => {
    const { http, url, answer } = await pollServer(onTestFinished, { open, first: '6' });
    const peers = takeUpgrades(http, { begin: () => {} });
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, pollingFirst);
    connection.connect();
    await expect.poll(() => peers[0]?.heard).toEqual(['2probe']);
    answer('44{"message":"no"}');
    await expect
      .poll(() => changes)
      .toEqual([...overPolling.slice(0, 2), notUpgraded('probe error: socket closed'), failed('no', true)]);
  });
});
