import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { html, type Markup } from './markup.ts';

const style = readFileSync(new URL('./style.css', import.meta.url), 'utf8');

/** What the pages of the server may do: show themselves, and ask this server for more. There is no script in them. */
export const pagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  'img-src data:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A whole page of the server's own. */
export function page(title: string, body: Markup): string {
  const head = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · chatstorm</title>
<link rel="icon" href="data:,">
`.text;
  return `${head}<style>${style}</style>\n</head>\n<body>\n<main>\n${body.text}\n</main>\n</body>\n</html>\n`;
}

/** A page that says in a sentence why there is nothing else. */
export function notePage(title: string, sentence: string): string {
  return page(title, html`<h1>${title}</h1><p>${sentence}</p><p><a href="/">All runs</a></p>`);
}

/** The address of a run's page. */
export function runPath(name: string): string {
  return `/runs/${encodeURIComponent(name)}/`;
}
