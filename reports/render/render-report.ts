import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { browserBundle } from '../../base/browser-bundle.ts';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { previousOf } from './previous-run.ts';
import { slimRecord } from './slim-record.ts';

/**
 * The report of one run or of several, a tab each: one HTML file that needs nothing but itself. Its policy lets the one
 * script and the one style in it run, known by their hashes, and nothing else: no request to anywhere.
 */
export function renderReport(
  records: readonly RunRecord[],
  { home, previous = [] }: ReportContext = {},
): Promise<string> {
  const slim = records.map((record, i) => ({ ...slimRecord(record), previous: previousOf(previous[i]) }));
  const packed = gzipSync(JSON.stringify(slim), { level: 9 }).toString('base64');
  return page(`<script type="application/octet-stream" id="records">${packed}</script>`, { home });
}

/** What a report is beside its runs. */
export interface ReportContext {
  /** Where the list of runs is, for a page that is served. */
  readonly home?: string;
  /** By record: the last run before it that is like it. */
  readonly previous?: readonly (RunRecord | undefined)[];
}

/**
 * The page of a run in progress, without data: it listens at `events` of its own origin, where each `message` is the
 * JSON of the slimRecord record so far and the event `final` that of the whole run.
 */
export function renderLivePage({ events, rebuild, home }: LivePage): Promise<string> {
  const source = `<script type="application/json" id="events">${inertJson({ url: events, rebuild })}</script>`;
  return page(source, { home, allowed: ["connect-src 'self'"] });
}

/** What the page of a run in progress goes by. */
export interface LivePage {
  /** The address of its events. */
  readonly events: string;
  /** The command that makes its report where the run itself does not come to it. */
  readonly rebuild: string;
  readonly home?: string;
}

interface PageFrame {
  readonly home: string | undefined;
  readonly allowed?: readonly string[];
}

async function page(data: string, { home, allowed = [] }: PageFrame): Promise<string> {
  const [script, style] = await Promise.all([bundle('main.ts'), bundle('style.css')]);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(script, style, allowed)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>chatstorm report</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
${home === undefined ? '' : `<script type="application/json" id="home">${inertJson(home)}</script>\n`}<noscript>This report needs JavaScript. Allow scripts to see it.</noscript>
${data}
<script>${script}</script>
</body>
</html>
`;
}

function policy(script: string, style: string, allowed: readonly string[]): string {
  return [
    "default-src 'none'",
    `script-src '${hash(script)}'`,
    `style-src '${hash(style)}'`,
    'img-src data:',
    ...allowed,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function hash(content: string): string {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`;
}

/** JSON that cannot end the element it stands in, nor turn the text around it: `<`, `>`, `&`, line ends and bidi marks are escaped. */
function inertJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** By entry: bundling takes longer than all else, and gives the same for every page. */
const bundles = new Map<string, Promise<string>>();

function bundle(entry: string): Promise<string> {
  const made = bundles.get(entry) ?? browserBundle(`../page/${entry}`, import.meta.url);
  bundles.set(entry, made);
  return made;
}
