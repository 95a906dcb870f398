import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type DialectInput, dialectSchema } from '../dialect/dialect.ts';
import { Identities } from './identities.ts';

function file(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'chatstorm-identities-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

function identitiesOf(own: Partial<DialectInput>, url = 'http://127.0.0.1:9') {
  const dialect = dialectSchema.parse({ send: 'none', hear: { event: 'x' }, ...own });
  return Identities.open(dialect, new URL(url));
}

/** A server whose answers to logins are given. */
async function logins(
  answer: (body: string, request: IncomingMessage) => [number, object, string[]?],
): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const [status, json, cookies = []] = answer(body, request);
      response.writeHead(status, { 'Set-Cookie': cookies, 'X-Csrf': 'c' }).end(JSON.stringify(json));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('users', () => {
  test('of nothing in particular have a number and a name', async () => {
    const identities = await identitiesOf({});
    expect(identities.size).toBeUndefined();
    expect(await identities.of(1)).toEqual({ blanks: { n: '1', name: 'Bruno' }, jar: undefined });
  });

  test('of a CSV file have its columns, quotes and all, and there are no more of them', async () => {
    const identities = await identitiesOf({
      users: file('people.csv', '\uFEFFname, token\n"Ada, first",a1\n\nBo,b2\n'),
    });
    expect(identities.size).toBe(2);
    expect((await identities.of(0)).blanks).toMatchObject({ name: 'Ada, first', token: 'a1' });
    await expect(identities.of(2)).rejects.toThrow('users: there is no row 3');
  });

  test.each([
    ['without a user', 'name,token\n', 'it has a line of names, but no user'],
    ['with a row too long', 'name\na,b\n', 'Invalid Record Length'],
  ])('of a CSV file %s are refused', async (_, text, problem) => {
    await expect(identitiesOf({ users: file('people.csv', text) })).rejects.toThrow(problem);
  });

  test('of a file that is not there are refused', async () => {
    await expect(identitiesOf({ users: '/nowhere.csv' })).rejects.toThrow(
      'Cannot read the users in /nowhere.csv: it does not exist.',
    );
    await expect(identitiesOf({ tls: { ca: '/nowhere.pem' }, credentials: '/nowhere.ts' })).rejects.toThrow(
      'Cannot load the credentials',
    );
  });

  test('of code have what it gives or promises', async () => {
    const code = "export const credentials = async (n) => ({ token: 't' + n, age: 7 });\n";
    const identities = await identitiesOf({ credentials: file('credentials.mjs', code) });
    expect((await identities.of(3)).blanks).toEqual({ n: '3', name: 'Dana', token: 't3', age: '7' });
    const failing = "export const credentials = () => { throw new Error('no more'); };\n";
    await expect((await identitiesOf({ credentials: file('failing.mjs', failing) })).of(0)).rejects.toThrow(
      'credentials: no more',
    );
    await expect(identitiesOf({ credentials: file('empty.mjs', '') })).rejects.toThrow(
      'to export a function `credentials(n)`',
    );
  });
});

describe('a login', () => {
  test('is made once for each user, and gives what is taken from its answer', async () => {
    const bodies: string[] = [];
    const url = await logins((body, { headers, method, url: path }) => {
      bodies.push(`${method} ${path} ${headers['content-type']} ${body}`);
      return [200, { data: { token: `for ${body}` } }, ['sid=s1; HttpOnly; Path=/', 'node=2; Path=/']];
    });
    const take = { token: 'body.data.token', sid: 'cookie.sid', csrf: 'header.x-csrf' };
    const login = { path: '/in/{n}', json: { who: '{name}' }, take };
    const identities = await identitiesOf({ login, cookies: true }, url);
    const [{ blanks, jar }] = await Promise.all([identities.of(0), identities.of(0)]);
    expect(bodies).toEqual(['POST /in/0 application/json {"who":"Ada"}']);
    expect(blanks).toMatchObject({ token: 'for {"who":"Ada"}', sid: 's1', csrf: 'c' });
    expect(await jar?.getCookieString(url)).toBe('sid=s1; node=2');
  });

  test('may be a form, and another method', async () => {
    const url = await logins((body, { method, headers }) => [
      200,
      { got: `${method} ${headers['content-type']} ${body}` },
    ]);
    const login = { path: '/', method: 'PUT', form: { user: '{name}&' }, take: { got: 'body.got' } } as const;
    const { blanks } = await (await identitiesOf({ login }, url)).of(0);
    expect(blanks.got).toBe('PUT application/x-www-form-urlencoded user=Ada%26');
  });

  test.each<[string, DialectInput['login'], string]>([
    ['that is refused', { path: '/refuse' }, 'login: HTTP 401'],
    [
      'whose answer lacks something',
      { path: '/', take: { token: 'body.token' } },
      'login: the answer has no body.token',
    ],
    [
      'whose answer sets no such cookie',
      { path: '/', take: { sid: 'cookie.sid' } },
      'login: the answer has no cookie.sid',
    ],
  ])('%s leaves its user out', async (_, login, reason) => {
    const url = await logins((_body, request) => [request.url === '/refuse' ? 401 : 200, {}]);
    await expect((await identitiesOf({ login }, url)).of(0)).rejects.toThrow(reason);
  });

  test('at an address where nothing answers leaves its user out', async () => {
    await expect((await identitiesOf({ login: { path: '/' } })).of(0)).rejects.toThrow(/login: .*ECONNREFUSED/);
  });
});
