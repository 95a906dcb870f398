import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type ChatOptions, ChatServerError } from './options.ts';

/** A file of the page, ready to be sent. */
export interface PageFile {
  readonly type: string;
  readonly body: string;
}

/** The page people chat on, by path: its TypeScript and its styles bundled in memory, its HTML told the options it needs. */
export async function loadPage(options: ChatOptions): Promise<ReadonlyMap<string, PageFile>> {
  const [html, css, icon, script] = await Promise.all([
    read('index.html'),
    bundle('style.css'),
    read('icon.svg'),
    bundle('main.ts'),
  ]);
  const told = html
    .replace('{{transports}}', options.transports.join(','))
    .replaceAll('{{messageLength}}', String(options.messageLength));
  return new Map([
    ['/', { type: 'html', body: told }],
    ['/style.css', { type: 'css', body: css }],
    ['/icon.svg', { type: 'svg', body: icon }],
    ['/page.js', { type: 'js', body: script }],
  ]);
}

function read(name: string): Promise<string> {
  return readFile(new URL(`page/${name}`, import.meta.url), 'utf8');
}

async function bundle(entry: string): Promise<string> {
  try {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL(`page/${entry}`, import.meta.url))],
      bundle: true,
      write: false,
      minify: true,
      format: 'esm',
      target: 'es2022',
      logLevel: 'silent',
    });
    return outputFiles[0]?.text ?? '';
  } catch (cause) {
    const message = `The page could not be bundled (${(cause as Error).message}); mend server/page or start with \`page: false\`.`;
    throw new ChatServerError('PAGE', message);
  }
}
