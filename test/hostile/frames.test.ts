import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ask, client, frame, get, upgrade } from '../support/test-client.ts';
import { Attack } from './frame-attack.ts';
import { framesOf } from './frame-fuzzer.ts';

const main = fileURLToPath(new URL('../../server/main.ts', import.meta.url));
const cases = fileURLToPath(new URL('cases', import.meta.url));

/** The reference chat as a process that could die, with nothing kept from its handlers. */
async function victim(options: object = {}): Promise<{ child: ChildProcess; url: string }> {
  const given = { port: 0, page: false, messagesPerSecond: 0, maxConnectionsPerAddress: 0, ...options };
  const child = fork(main, { env: { ...process.env, CHATSTORM_SERVER: JSON.stringify(given) } });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const [{ ready }] = (await once(child, 'message')) as [{ ready: string }];
  return { child, url: ready };
}

describe('fuzzed frames', () => {
  test.each([
    ['websocket', {}],
    ['polling', {}],
    ['websocket', { stateRecovery: true, messagesPerSecond: 20 }],
    ['polling', { stateRecovery: true, messagesPerSecond: 20 }],
  ] as const)('3,500 over %s with %j: the server lives, and others chat on', async (transport, options) => {
    const { child, url } = await victim(options);
    const attack = new Attack(url, transport, 'test');
    await attack.run(3500);
    expect(child.exitCode, JSON.stringify(attack.latest)).toBeNull();
    const ana = client(url);
    expect(await ask(ana, 'join', { room: 'after', name: 'Ana' })).toMatchObject({ ok: true });
    expect(await ask(ana, 'message', { room: 'after', text: 'still here' })).toMatchObject({ ok: true });
    const { failures } = JSON.parse((await get(`${url}/vitals`)).body);
    expect(failures).toEqual({});
  });
});

test('the same seed is the same frames', () => {
  const [one, other, third] = [framesOf('a'), framesOf('a'), framesOf('b')];
  const frames = Array.from({ length: 100 }, () => one());
  expect(frames).toEqual(Array.from({ length: 100 }, () => other()));
  expect(frames).not.toEqual(Array.from({ length: 100 }, () => third()));
});

test.each(readdirSync(cases))('what a server did not survive once: %s', async (file) => {
  const { child, url } = await victim();
  const frames: string[] = JSON.parse(readFileSync(join(cases, file), 'utf8'));
  for (const packet of frames) {
    const socket = await upgrade(url);
    if (typeof socket === 'number') throw new Error('Expected an upgrade');
    socket.resume();
    socket.write(frame('40'));
    socket.write(frame(packet));
  }
  expect(await ask(client(url), 'rtt')).toEqual({ ok: true });
  expect(child.exitCode).toBeNull();
});
