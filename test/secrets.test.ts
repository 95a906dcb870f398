/** Whatever is secret stays out of everything that a run leaves behind, also where the server repeats it. */

import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Server } from 'socket.io';
import { afterAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { cleanUp, everythingIn, Running, shortScenario, temporaryFolder, valueIn } from './support/chatstorm.ts';

afterAll(cleanUp);

const secrets = {
  user: 'canary-user',
  password: 'canary-password',
  query: 'canary-address-query',
  auth: 'canary-auth',
  environment: 'canary-environment',
  header: 'canary-header',
  dialectQuery: 'canary-dialect-query',
  column: 'canary-column',
  credentials: 'canary-credentials',
  loginBody: 'canary-login-body',
  loginAnswer: 'canary-login-answer',
  cookie: 'canary-cookie',
};

/** A chat that sees every secret, and repeats all that it knows wherever it can refuse. */
async function tellTale() {
  const seen = new Set<string>();
  const see = (text: string) => {
    for (const secret of Object.values(secrets)) if (text.includes(secret)) seen.add(secret);
  };
  const http = createServer((request, response) => {
    see(whole(request));
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      see(body);
      response.setHeader('Set-Cookie', `session=${secrets.cookie}`);
      response.end(JSON.stringify({ token: secrets.loginAnswer }));
    });
  });
  const io = new Server(http);
  let turns = 0;
  io.use((socket, next) => {
    see(whole(socket.request) + JSON.stringify(socket.handshake.auth));
    next(++turns % 5 === 0 ? new Error(`no ${JSON.stringify(socket.handshake)}`) : undefined);
  });
  io.on('connection', (socket) => {
    socket.on('say', (text: string, done: (answer: object) => void) => {
      if (++turns % 10 === 0) return done({ error: `not you, ${JSON.stringify(socket.handshake)}` });
      io.emit('said', text);
      done({ ok: true });
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return { port: (http.address() as AddressInfo).port, seen, close: () => io.close() };
}

function whole({ url, headers }: IncomingMessage): string {
  const basic = Buffer.from((headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
  return `${url} ${JSON.stringify(headers)} ${basic}`;
}

/** The command lines of all children that a run ever had, which every user of the machine can read. */
async function commandLinesDuring(run: Running): Promise<Set<string>> {
  const lines = new Set<string>();
  // What was typed is the conductor's; a child that has just been forked still shows it.
  const own = readFileSync(`/proc/${run.process.pid}/cmdline`, 'utf8');
  const look = () => {
    for (const pid of descendantsOf(run.process.pid!)) {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        if (line !== own) lines.add(line);
      } catch {
        // It has ended meanwhile.
      }
    }
  };
  const timer = setInterval(look, 50);
  await run.ended;
  clearInterval(timer);
  return lines;
}

function descendantsOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number);
    return children.flatMap((child) => [child, ...descendantsOf(child)]);
  } catch {
    return [];
  }
}

test('secrets that are given in any way reach the server, and no file of a run', async () => {
  const server = await tellTale();
  const folder = temporaryFolder();
  const rows = Array.from({ length: 40 }, () => secrets.column);
  writeFileSync(join(folder, 'users.csv'), ['key', ...rows].join('\n'));
  writeFileSync(
    join(folder, 'credentials.ts'),
    `export const credentials = (n: number) => ({ code: '${secrets.credentials}' });\n`,
  );
  const dialect = {
    auth: {
      literal: secrets.auth,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how a dialect names a variable.
      nested: { fromEnvironment: '${CHATSTORM_TEST_SECRET}', list: ['{key}', '{code}'] },
      token: '{token}',
    },
    headers: { 'X-Key': secrets.header },
    query: { key: secrets.dialectQuery },
    cookies: true,
    users: 'users.csv',
    credentials: 'credentials.ts',
    login: { path: '/login', json: { password: secrets.loginBody }, take: { token: 'body.token' } },
    send: { emit: 'say', args: ['{text}'], ack: true },
    hear: { event: 'said', text: '0' },
  };
  writeFileSync(join(folder, 'chat.yml'), stringify(dialect));
  const { user, password, query } = secrets;
  const address = `http://${user}:${password}@127.0.0.1:${server.port}/?space=${query}`;
  const args = ['--target', address, '--dialect', join(folder, 'chat.yml'), '--users', '10'];
  const out = join(folder, 'run');
  const environment = { CHATSTORM_TEST_SECRET: secrets.environment };
  const run = new Running(['load', shortScenario, '--out', out, ...args], out, environment);
  const argv = await commandLinesDuring(run);
  await server.close();
  expect(argv.size).toBeGreaterThan(2);
  expect(Object.values(secrets).filter((secret) => [...argv].some((line) => line.includes(secret)))).toEqual([]);
  expect([...server.seen].sort()).toEqual(Object.values(secrets).sort());
  expect(valueIn(run.record(), 'delivery.delivered'), run.output).toBeGreaterThan(0);
  expect(JSON.stringify(run.record().metrics)).toContain('***');
  const everything = everythingIn(run.folder) + run.output;
  expect(Object.values(secrets).filter((secret) => everything.includes(secret))).toEqual([]);
});
