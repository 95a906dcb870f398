import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import type { CookieJar } from 'tough-cookie';
import type { Blanks, Dialect } from '../dialect/dialect.ts';
import { fill, readerOf } from '../dialect/payload.ts';
import { authorizationOf } from '../endpoint.ts';

const LOGIN_MS = 10_000;
const LARGEST_ANSWER = 1_000_000;

type Login = NonNullable<Dialect['login']>;

/** How a target's certificate is checked. */
export type TlsOptions = Pick<RequestOptions, 'ca' | 'rejectUnauthorized'>;

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
  const answer = await exchange(url, { method: login.method, headers, ...tls }, body);
  for (const line of answer.headers['set-cookie'] ?? []) await jar.setCookie(line, url.href, { ignoreError: true });
  if (answer.status >= 400) throw new Error(`HTTP ${answer.status}`);
  return takenFrom(login, answer, await cookiesFor(jar, url));
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function bodyOf({ json, form }: Login, blanks: Blanks): [type: string | undefined, body: string] {
  if (json !== undefined) return ['application/json', JSON.stringify(fill(json, blanks))];
  if (form === undefined) return [undefined, ''];
  const fields = fill(form, blanks) as Record<string, string>;
  return ['application/x-www-form-urlencoded', new URLSearchParams(fields).toString()];
}

function exchange(url: URL, options: RequestOptions, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const call = send(url, { ...options, agent: false, signal: AbortSignal.timeout(LOGIN_MS) }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > LARGEST_ANSWER) response.destroy(new Error('the answer is too long'));
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    call.on('error', (error: Error) =>
      reject(
        error.name === 'AbortError' || error.name === 'TimeoutError'
          ? new Error(`no answer within ${LOGIN_MS / 1000} s`)
          : error,
      ),
    );
    call.end(body);
  });
}

async function cookiesFor(jar: CookieJar, url: URL): Promise<ReadonlyMap<string, string>> {
  const cookies = await jar.getCookies(url.href);
  return new Map(cookies.map(({ key, value }) => [key, value]));
}

function takenFrom({ take }: Login, answer: Answer, cookies: ReadonlyMap<string, string>): Blanks {
  const taken: Record<string, string> = {};
  for (const [name, place] of Object.entries(take)) {
    const value = valueAt(place, answer, cookies);
    if (typeof value !== 'string' && typeof value !== 'number') throw new Error(`the answer has no ${place}`);
    taken[name] = String(value);
  }
  return taken;
}

function valueAt(place: string, { headers, text }: Answer, cookies: ReadonlyMap<string, string>): unknown {
  const [kind, path] = [place.slice(0, place.indexOf('.')), place.slice(place.indexOf('.') + 1)];
  if (kind === 'cookie') return cookies.get(path);
  if (kind === 'header') return headers[path.toLowerCase()];
  try {
    return readerOf(`0.${path}`)([JSON.parse(text)]);
  } catch {
    return undefined;
  }
}
