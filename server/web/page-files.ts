import { readFile } from 'node:fs/promises';
import { browserBundle } from '../../base/browser-bundle.ts';
import type { ChatOptions } from '../chat-options.ts';

/** A file of the page. */
export interface PageFile {
  readonly type: string;
  /** What to send. Rejects with a sentence where there is none. */
  readonly body: () => Promise<string>;
}

/**
 * The page people chat on, by path: its TypeScript and its styles bundled in memory, its HTML told the options it needs.
 * Each file is made when it is first asked for: a server that starts again is waited for, its page mostly not.
 */
export function pageFiles(options: ChatOptions): ReadonlyMap<string, PageFile> {
  const told = async () =>
    (await read('index.html'))
      .replace('{{transports}}', options.transports.join(','))
      .replaceAll('{{messageLength}}', String(options.messageLength));
  return new Map([
    ['/', { type: 'html', body: once(told) }],
    ['/style.css', { type: 'css', body: once(() => bundle('style.css')) }],
    ['/icon.svg', { type: 'svg', body: once(() => read('icon.svg')) }],
    ['/page.js', { type: 'js', body: once(() => bundle('main.ts')) }],
  ]);
}

function once(make: () => Promise<string>): () => Promise<string> {
  let made: Promise<string> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function read(name: string): Promise<string> {
  return readFile(new URL(`../page/${name}`, import.meta.url), 'utf8');
}

async function bundle(entry: string): Promise<string> {
  try {
    return await browserBundle(`../page/${entry}`, import.meta.url);
  } catch (cause) {
    throw new Error(`The page could not be bundled (${(cause as Error).message}): mend server/page and start again.`);
  }
}
