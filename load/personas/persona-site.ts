import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where in a persona's file an error came from, as ` (lift-rider.ts:12)`; empty where its stack does not say. */
export function siteIn(error: unknown, url: string): string {
  const stack = error instanceof Error && typeof error.stack === 'string' ? error.stack : '';
  const line = stack.split('\n').find((frame) => frame.includes(url) || frame.includes(pathOf(url)));
  const at = line === undefined ? null : /:(\d+):\d+\)?$/.exec(line.trim());
  return at === null ? '' : ` (${basename(pathOf(url))}:${at[1]})`;
}

/** What was thrown, in one line that is not too long. */
export function failureWords(thrown: unknown): string {
  let text: string;
  try {
    text = thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    text = typeof thrown;
  }
  return text.replace(/\s+/g, ' ').slice(0, 300);
}

function pathOf(url: string): string {
  return fileURLToPath(url);
}
