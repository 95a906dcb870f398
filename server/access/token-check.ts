import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Whether a request bears a token, compared in constant time; an empty token lets nobody in. */
export function hasToken({ headers }: IncomingMessage, token: string): boolean {
  if (token === '') return false;
  const [given, wanted] = [Buffer.from(headers.authorization ?? ''), Buffer.from(`Bearer ${token}`)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
