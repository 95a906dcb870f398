/** The engine as its users have it: packed, installed into a folder beside Artillery, and run by Artillery alone. */

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Server } from 'socket.io';
import { afterAll, expect, test } from 'vitest';
import { cleanUp, root, temporaryFolder } from './support/chatstorm.ts';

const run = promisify(execFile);
const LIMIT_MS = 60_000;

afterAll(cleanUp);

test('Artillery finds the packed engine, and runs a scenario with it', { timeout: 2 * LIMIT_MS }, async () => {
  const folder = temporaryFolder();
  await install(folder);
  const http = createServer();
  const io = new Server(http);
  io.on('connection', (socket) => {
    socket.on('join', (_room, ack) => ack({ ok: true }));
    socket.on('message', (message) => io.emit('message', message));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  writeFileSync(join(folder, 'chat.yml'), scenarioFor(`http://127.0.0.1:${(http.address() as AddressInfo).port}`));
  const artillery = join(folder, 'node_modules', 'artillery', 'bin', 'run');
  const env = { ...process.env, ARTILLERY_DISABLE_TELEMETRY: 'true' };
  await run(process.execPath, [artillery, 'run', '--output', 'out.json', 'chat.yml'], {
    cwd: folder,
    env,
    timeout: LIMIT_MS,
  });
  await io.close();
  const { aggregate } = JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8'));
  expect(aggregate.counters).toMatchObject({ 'socketio.connected': 4, 'vusers.completed': 1, 'vusers.failed': 0 });
  expect(aggregate.counters['socketio.received.message']).toBeGreaterThanOrEqual(4);
  expect(aggregate.summaries['socketio.connect_time'].count).toBe(4);
  expect(Object.keys(aggregate.counters).filter((name) => name.startsWith('errors'))).toEqual([]);
});

function scenarioFor(target: string): string {
  return `
config:
  target: ${target}
  phases: [{ duration: 1, arrivalRate: 1 }]
  engines: { chatstorm: { transports: [websocket] } }
scenarios:
  - engine: chatstorm
    users: 4
    flow:
      - emit: [join, { room: lobby }]
        acknowledge: { match: { json: $.ok, value: true } }
        ackTimeout: 5
      - listen: message
      - think: 0.2
      - emit: [message, { text: "hello from {{ $user }}" }]
      - waitFor: message
`;
}

/**
 * Packs the engine and unpacks it there, with Artillery itself beside it. What both depend on is linked: it is installed already,
 * and takes 500 MB.
 */
async function install(folder: string): Promise<void> {
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, 'artillery-engine-chatstorm'), { recursive: true });
  const { stdout } = await run('npm', ['pack', '--json', '-w', 'engine', '--pack-destination', folder], {
    cwd: root,
    timeout: LIMIT_MS,
  });
  const { filename } = JSON.parse(stdout.slice(stdout.indexOf('[')))[0];
  const into = join(modules, 'artillery-engine-chatstorm');
  await run('tar', ['-xzf', join(folder, filename), '-C', into, '--strip-components=1']);
  expect(readdirSync(into).toSorted()).toEqual(['LICENSE', 'README.md', 'dist', 'index.cjs', 'package.json']);
  const installed = join(root, 'node_modules');
  cpSync(join(installed, 'artillery'), join(modules, 'artillery'), {
    recursive: true,
    filter: (path) => path !== join(installed, 'artillery', 'node_modules'),
  });
  const own = join(installed, 'artillery', 'node_modules');
  symlinkSync(own, join(modules, 'artillery', 'node_modules'));
  for (const name of readdirSync(installed).filter(
    (name) => !/^(artillery|artillery-engine-chatstorm|\..*)$/.test(name),
  ))
    symlinkSync(join(installed, name), join(modules, name));
}
