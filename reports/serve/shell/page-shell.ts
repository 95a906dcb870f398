import { createHash } from 'node:crypto';
import { browserBundle } from '../../../base/browser-bundle.ts';
import { html, type Markup } from './markup.ts';

/** What a page of the server's own shows. */
export interface Body {
  readonly title: string;
  readonly markup: Markup;
  /** Whether it changes soon: it is then loaded again where scripts are off. */
  readonly isMoving?: boolean;
}

/** A whole page, and what it may do. */
export interface Page {
  readonly text: string;
  readonly policy: string;
}

/** Nothing: the policy of what is no page. */
export const strictPolicy = policyOf([]);

/** A page of the server's own. It may ask this server for more; of scripts and styles only its own run, known by their hashes. */
export async function page({ title, markup, isMoving = false }: Body): Promise<Page> {
  const { script, style } = await assets();
  const head = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · chatstorm</title>
<link rel="icon" href="data:,">
${isMoving ? html`<noscript><meta http-equiv="refresh" content="10"></noscript>` : ''}
`.text;
  return {
    text: `${head}<style>${style}</style>\n</head>\n<body>\n<main>\n${markup.text}\n</main>\n<script>${script}</script>\n</body>\n</html>\n`,
    policy: policyOf([
      `script-src '${hashOf(script)}'`,
      `style-src '${hashOf(style)}'`,
      'img-src data:',
      "connect-src 'self'",
    ]),
  };
}

/** A page that says in a sentence why there is nothing else. */
export function notePage(title: string, sentence: string): Body {
  return { title, markup: html`${top(title)}<p class="card">${sentence}</p>` };
}

/** The top of a page that is not the list: its title, and the way back. */
export function top(title: string): Markup {
  return html`<header class="top"><p class="brand">chatstorm</p><h1>${title}</h1><p><a href="/">All runs</a></p></header>`;
}

/** The address of a run's page. */
export function runPath(name: string): string {
  return `/runs/${encodeURIComponent(name)}/`;
}

/** The address of the report over all runs of a session. */
export function sessionPath(name: string): string {
  return `/sessions/${encodeURIComponent(name)}/`;
}

function policyOf(allowed: readonly string[]): string {
  return ["default-src 'none'", ...allowed, "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"].join(
    '; ',
  );
}

function hashOf(content: string): string {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`;
}

let made: Promise<{ readonly script: string; readonly style: string }> | undefined;

/** Bundled when a page is first asked for, once. */
function assets() {
  made ??= Promise.all([
    browserBundle('../page/main.ts', import.meta.url),
    browserBundle('../page/style.css', import.meta.url),
  ]).then(([script, style]) => ({ script, style }));
  return made;
}
