import type { CookieJar } from 'tough-cookie';
import type { Blanks, Dialect } from '../dialect/dialect.ts';
import { fill, readerOf } from '../dialect/payload.ts';
import { authorizationOf } from '../endpoint.ts';
import { exchange, type HttpAnswer, type TlsOptions } from '../http-exchange.ts';

const LOGIN_MS = 10_000;

type Login = NonNullable<Dialect['login']>;

/**
 * Logs a user in, and takes from the answer what the dialect says; cookies go to the jar. Rejects with an Error whose
 * message completes «login: …».
 */
export async function logIn(
  login: Login,
  target: URL,
  blanks: Blanks,
  jar: CookieJar,
  tls: TlsOptions,
): Promise<Blanks> {
  const url = new URL(String(fill(login.path, blanks)), target);
  const [type, body] = bodyOf(login, blanks);
  const authorization = authorizationOf(target);
  const cookie = await jar.getCookieString(url.href);
  const headers = {
    ...(type && { 'Content-Type': type, 'Content-Length': String(Buffer.byteLength(body)) }),
    ...(authorization && { Authorization: authorization }),
    ...(cookie && { Cookie: cookie }),
    ...(fill(login.headers, blanks) as Record<string, string>),
  };
  const answer = await exchange(url, { method: login.method, headers, body, tls, timeoutMs: LOGIN_MS });
  for (const line of answer.headers['set-cookie'] ?? []) await jar.setCookie(line, url.href, { ignoreError: true });
  if (answer.status >= 400) throw new Error(`HTTP ${answer.status}`);
  return takenFrom(login, answer, await cookiesFor(jar, url));
}

function bodyOf({ json, form }: Login, blanks: Blanks): [type: string | undefined, body: string] {
  if (json !== undefined) return ['application/json', JSON.stringify(fill(json, blanks))];
  if (form === undefined) return [undefined, ''];
  const fields = fill(form, blanks) as Record<string, string>;
  return ['application/x-www-form-urlencoded', new URLSearchParams(fields).toString()];
}

async function cookiesFor(jar: CookieJar, url: URL): Promise<ReadonlyMap<string, string>> {
  const cookies = await jar.getCookies(url.href);
  return new Map(cookies.map(({ key, value }) => [key, value]));
}

function takenFrom({ take }: Login, answer: HttpAnswer, cookies: ReadonlyMap<string, string>): Blanks {
  const taken: Record<string, string> = {};
  for (const [name, place] of Object.entries(take)) {
    const value = valueAt(place, answer, cookies);
    if (typeof value !== 'string' && typeof value !== 'number') throw new Error(`the answer has no ${place}`);
    taken[name] = String(value);
  }
  return taken;
}

function valueAt(place: string, { headers, text }: HttpAnswer, cookies: ReadonlyMap<string, string>): unknown {
  const [kind, path] = [place.slice(0, place.indexOf('.')), place.slice(place.indexOf('.') + 1)];
  if (kind === 'cookie') return cookies.get(path);
  if (kind === 'header') return headers[path.toLowerCase()];
  try {
    return readerOf(`0.${path}`)([JSON.parse(text)]);
  } catch {
    return undefined;
  }
}
