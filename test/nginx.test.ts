import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hash } from '../base/hash.ts';
import { quietPort } from '../base/quiet-port.ts';
import { hostNow, runClock } from '../bots/clock.ts';
import { rooms as dialect } from '../bots/dialect/built-in.ts';
import { Probes } from '../bots/probes.ts';
import { connectorOf } from '../bots/socketio/socketio-connection.ts';
import { createProxy } from '../faults/proxy/fault-proxy.ts';
import { layOutMatrix } from '../load/plan/matrix-layout.ts';
import { fallbackOf } from '../measure/fold/fallback-cells.ts';
import { Timeline } from '../measure/fold/timeline.ts';
import { sourceOf } from '../measure/metrics/source.ts';
import { Recorder } from '../measure/record/recorder.ts';
import { outcomeOf } from '../reports/wording/fallback-wording.ts';
import { type ChatServer, createChatServer } from '../server/chat-server.ts';
import { cleanUp, temporaryFolder, until } from './support/chatstorm.ts';
import { plan } from './support/plan.ts';

const nginx = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/bin/nginx'].find((path) => existsSync(path));
const where = nginx ? '' : ' (skipped: nginx is not installed)';

let chat: ChatServer;
/** Tests run side by side: what one of them started ends when all are over. */
const endings: (() => Promise<void>)[] = [];
beforeAll(async () => {
  chat = await createChatServer({ port: 0, messagesPerSecond: 0, page: false });
});
afterAll(async () => {
  await Promise.all(endings.map((end) => end()));
  await chat.close();
  cleanUp();
});

const passesUpgrades = `
  proxy_http_version 1.1;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection "upgrade";`;

/** A real nginx before the chat, for one test; returns its origin. */
async function nginxWith(headers: string): Promise<string> {
  const folder = temporaryFolder();
  const port = await quietPort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  );
  const config = `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events {}
http {
  access_log off;
  ${temporary.join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass ${chat.url};
      proxy_set_header Host $http_host;${headers}
    }
  }
}
`;
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, config);
  const child = spawn(nginx!, ['-c', file, '-p', folder, '-e', `${folder}/error.log`], { stdio: 'ignore' });
  endings.push(async () => {
    child.kill('SIGTERM');
    await until(() => child.exitCode !== null || child.signalCode !== null);
  });
  await until(await answers(port));
  return `http://127.0.0.1:${port}`;
}

/** Whether somebody listens at a port, as far as was seen so far. */
async function answers(port: number): Promise<() => boolean> {
  let open = false;
  const connectOnce = () => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      open = true;
      socket.destroy();
    });
    socket.once('error', () => setTimeout(connectOnce, 20));
  };
  connectOnce();
  return () => open;
}

/** The proxy's origin for a network, for one test. */
async function proxyFor(kind: 'open' | 'upgrade-stripped'): Promise<string> {
  const target = { host: '127.0.0.1', port: Number(new URL(chat.url).port) };
  const proxy = await createProxy({ target, seed: kind, now: hostNow, onEvent: () => {} });
  endings.push(() => proxy.close());
  if (kind !== 'open') proxy.set({ kind });
  return proxy.url;
}

/** What becomes of three clients of each order behind a middlebox: outcome, and what they said of it. */
async function cellsBehind(via: string) {
  const matrix = {
    clients: 3,
    orders: ['polling-first', 'websocket-first-try-all', 'websocket-first', 'websocket-only', 'polling-only'] as const,
    networks: [{ name: 'behind', faults: [] }],
    timeout: 5000,
    rate: 5,
    arrive: 300,
    wave: 8,
    warmup: 0,
    cost: null,
  };
  const layout = layOutMatrix({ ...matrix, orders: [...matrix.orders] }, true, via);
  const run = hash(via);
  const { rooms, roomLabels, botLabels, probes: probesPlan } = layout;
  const shape = { bots: probesPlan.bots.length, rooms: rooms.length, echo: true, roomLabels, botLabels };
  const recorder = new Recorder(sourceOf('probes'), { run }, shape);
  const endpoints = [{ url: chat.url, via }];
  const context = {
    endpoints,
    connectionTo: await connectorOf(dialect, chat.url),
    dialect,
    rooms,
    recorder,
    clock: runClock(hostNow()),
    run,
  };
  const probes = new Probes(context, probesPlan);
  await probes.run();
  probes.close();
  const events = recorder.flush().flatMap((line) => ('event' in line ? [line.event] : []));
  const fallback = fallbackOf({ ...plan, matrix: layout.matrix }, events, new Timeline());
  return fallback?.cells.map((cell) => ({
    order: cell.order,
    outcome: outcomeOf(cell),
    through: cell.through,
    transports: cell.transports,
    troubles: cell.troubles,
  }));
}

test
  .skipIf(!nginx)
  .concurrent(`nginx without the upgrade headers is the network that strips them${where}`, async () => {
    const [byNginx, byProxy] = await Promise.all([
      nginxWith('').then(cellsBehind),
      proxyFor('upgrade-stripped').then(cellsBehind),
    ]);
    expect(byNginx).toEqual(byProxy);
    expect(byNginx?.map(({ outcome }) => outcome)).toEqual(['polling', 'polling', 'never', 'never', 'polling']);
  });

test.skipIf(!nginx).concurrent(`nginx with the upgrade headers is the open network${where}`, async () => {
  const [byNginx, byProxy] = await Promise.all([
    nginxWith(passesUpgrades).then(cellsBehind),
    proxyFor('open').then(cellsBehind),
  ]);
  expect(byNginx).toEqual(byProxy);
  expect(byNginx?.map(({ outcome }) => outcome)).toEqual([
    'websocket',
    'websocket',
    'websocket',
    'websocket',
    'polling',
  ]);
});
