import { exchange, type HttpAnswer } from '../bots/http-exchange.ts';
import { tlsOptionsOf } from '../bots/identity/identities.ts';
import { nobody } from '../bots/identity/user-identity.ts';
import { userOptionsOf } from '../bots/socketio/client-options.ts';
import type { Patient } from './diagnosis.ts';

/** What Engine.IO says of a session as it opens it. */
export interface OpenPacket {
  readonly sid: string;
  readonly upgrades: readonly string[];
  readonly pingInterval: number;
  readonly pingTimeout: number;
  readonly maxPayload?: number;
}

/** What came of asking for a session over polling. */
export type HandshakeOutcome =
  | { readonly kind: 'opened'; readonly open: OpenPacket; readonly answer: HttpAnswer }
  /** Engine.IO itself said no. */
  | { readonly kind: 'refused'; readonly code: number; readonly message: string; readonly answer: HttpAnswer }
  /** An older protocol: Socket.IO 2 and before. */
  | { readonly kind: 'engine3'; readonly answer: HttpAnswer }
  /** An HTTP answer that is none of Engine.IO's. */
  | { readonly kind: 'foreign'; readonly answer: HttpAnswer }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

const ANSWER_MS = 3000;

export interface HandshakeChange {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Cookies beside those of the user. */
  readonly cookie?: string;
  readonly query?: Readonly<Record<string, string>>;
  /** What is posted; without it something is asked for. */
  readonly body?: string;
}

/** Asks for a session over polling as the first of the dialect's users would; never rejects. */
export async function shakeHands(patient: Patient, change: HandshakeChange = {}): Promise<HandshakeOutcome> {
  try {
    return read(await poll(patient, change));
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    return { kind: 'failed', code, message };
  }
}

/** One request of long polling. Rejects where there is no answer. */
export async function poll(
  { target, dialect, identity = nobody }: Patient,
  { path, headers, query, body, cookie }: HandshakeChange,
): Promise<HttpAnswer> {
  const user = userOptionsOf({ url: target.href }, dialect, identity);
  const cookies = [await identity.jar?.getCookieString(target.href), cookie].filter(Boolean).join('; ');
  const url = new URL(path ?? dialect.path, target.origin);
  const words = { ...user.query, EIO: '4', transport: 'polling', ...query };
  for (const [name, value] of Object.entries(words)) url.searchParams.set(name, value);
  return exchange(url, {
    method: body === undefined ? 'GET' : 'POST',
    body,
    headers: {
      ...user.extraHeaders,
      ...(cookies && { Cookie: cookies }),
      ...(body !== undefined && { 'Content-Type': 'text/plain;charset=UTF-8' }),
      ...headers,
    },
    tls: tlsOptionsOf(dialect),
    timeoutMs: ANSWER_MS,
  });
}

/** The cookies that an answer sets, as they are sent back. */
export function cookiesOf({ headers }: HttpAnswer): string {
  return (headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
}

function read(answer: HttpAnswer): HandshakeOutcome {
  const { text } = answer;
  if (/^\d+:0\{/.test(text)) return { kind: 'engine3', answer };
  const json = parse(text.startsWith('0') ? text.slice(1).split('\x1e')[0]! : text);
  if (text.startsWith('0') && typeof json.sid === 'string') return { kind: 'opened', open: json as never, answer };
  if (typeof json.code === 'number' && typeof json.message === 'string')
    return { kind: 'refused', code: json.code, message: json.message, answer };
  return { kind: 'foreign', answer };
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
