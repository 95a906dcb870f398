/** A server that is the tester's own is ended and started by its owner's commands. */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { quietPort } from '../base/quiet-port.ts';
import { cleanUp, faultsIn, isAlive, Running, root, temporaryFolder, until } from './support/chatstorm.ts';

const pidFiles: string[] = [];
afterAll(() => {
  for (const file of pidFiles) if (isAlive(pidIn(file))) process.kill(pidIn(file), 'SIGKILL');
  cleanUp();
});

function pidIn(file: string): number {
  return Number(readFileSync(file, 'utf8'));
}

/** The minimal chat on a port of its own, the commands that end and start it, and the dialect that names them. */
async function ownServer(change: object = {}) {
  const folder = temporaryFolder();
  const pid = join(folder, 'server.pid');
  pidFiles.push(pid);
  const port = await quietPort();
  const server = join(root, 'examples', 'minimal-chat', 'server.ts');
  const start = `PORT=${port} '${process.execPath}' '${server}' >/dev/null 2>&1 & echo $! > '${pid}'`;
  const kill = `kill -9 $(cat '${pid}')`;
  const hooks = { kill, start, restart: `kill $(cat '${pid}'); sleep 0.3; ${start}`, ...change };
  const dialect = join(folder, 'chat.yml');
  const chat = { send: { emit: 'chat message', args: ['{text}'] }, hear: { event: 'chat message' } };
  writeFileSync(dialect, stringify({ ...chat, hooks, pid }));
  const starter = join(folder, 'start.sh');
  writeFileSync(starter, start);
  spawnSync('/bin/sh', [starter]);
  const url = `http://127.0.0.1:${port}`;
  await until(() => existsSync(pid));
  await expect
    .poll(() =>
      fetch(`${url}/socket.io/?EIO=4&transport=polling`).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);
  return { url, dialect, pid };
}

function outagesAt(url: string, dialect: string): Running {
  const folder = temporaryFolder();
  const scenario = {
    config: { processor: 'none', engines: { 'socketio-v3': {} }, phases: [{ arrivalCount: 0 }] },
    scenarios: [{ engine: 'socketio-v3', flow: [{ connect: {} }] }],
    chatstorm: {
      about: 'A server of our own',
      dialect: 'plain',
      probes: { rooms: 1, talkers: 2, rate: '10/s', listeners: 4, warmup: '2s', drain: '1s' },
      faults: [
        // An attempt that comes just before the server is up again delays the next one by at most 6 s.
        { name: 'kill', server: 'kill', for: '1s', rest: '12s' },
        { name: 'restart', server: 'restart', rest: '12s' },
      ],
      lag: '100ms',
      thresholds: ['reconnect.back{fault=kill} == 1', 'reconnect.back{fault=restart} == 1'],
    },
  };
  writeFileSync(join(folder, 'faults.yml'), stringify(scenario));
  const out = join(folder, 'run');
  const args = ['load', join(folder, 'faults.yml'), '--no-crowd', '--target', url, '--dialect', dialect, '--out', out];
  return new Running(args, out);
}

describe.concurrent('hooks', () => {
  test('kill and restart a foreign server, whose process is watched by its pid file', async () => {
    const { url, dialect, pid } = await ownServer();
    const before = pidIn(pid);
    const run = outagesAt(url, dialect);
    await run.ended;
    const record = run.record();
    const { outages, vitals } = record;
    expect(record.verdict.outcome, run.output).toBe('pass');
    expect(faultsIn(record)).toEqual([]);
    expect(outages).toMatchObject([
      { fault: 'kill', clients: 6, disconnected: 6 },
      { fault: 'restart', clients: 6, disconnected: 6 },
    ]);
    expect(pidIn(pid)).not.toBe(before);
    expect(vitals.some(({ gauges }) => 'rss{role=server}' in gauges)).toBe(true);
  });

  test('that fail make the run invalid, and say so', async () => {
    const { url, dialect } = await ownServer({ kill: 'echo no such unit; exit 5' });
    const run = outagesAt(url, dialect);
    expect(await run.ended, run.output).toBe(3);
    expect(run.output).toContain("a hook of the dialect failed (exit code 5). See hooks.log in the run's folder.");
    expect(readFileSync(join(run.folder, 'hooks.log'), 'utf8')).toContain('no such unit');
  });

  test('start again what they killed, also where the run is interrupted meanwhile', async () => {
    const { url, dialect, pid } = await ownServer();
    const before = pidIn(pid);
    const run = outagesAt(url, dialect);
    await until(() => existsSync(pid) && !isAlive(before));
    run.process.kill('SIGINT');
    expect(await run.ended, run.output).toBe(130);
    expect(isAlive(pidIn(pid))).toBe(true);
    expect(pidIn(pid)).not.toBe(before);
  });
});
