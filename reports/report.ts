import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { RunRecord } from '../measure/run-record.ts';

/**
 * The report of a run: one HTML file that needs nothing but itself. Its policy lets the one script and the one style
 * in it run, known by their hashes, and nothing else: no request to anywhere.
 */
export async function renderReport(record: RunRecord): Promise<string> {
  const [script, style] = await Promise.all([bundle('main.ts'), bundle('style.css')]);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(script, style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>chatstorm report</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<noscript>This report draws itself with the script inside it; allow scripts to see it.</noscript>
<script type="application/json" id="record">${inertJson(slimmed(record))}</script>
<script>${script}</script>
</body>
</html>
`;
}

function policy(script: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src '${hash(script)}'`,
    `style-src '${hash(style)}'`,
    'img-src data:',
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

/** What the page shows of a record: no histogram encodings, and series to six digits. An hour's report stays near 1 MB. */
function slimmed(record: RunRecord): RunRecord {
  const { metrics, timeline, vitals } = record;
  return {
    ...record,
    metrics: mapValues(metrics, (metric) => ('hdr' in metric ? { ...metric, hdr: '' } : metric)),
    timeline: {
      ...timeline,
      latency: {
        p50: rounded(timeline.latency.p50),
        p95: rounded(timeline.latency.p95),
        p99: rounded(timeline.latency.p99),
        max: rounded(timeline.latency.max),
      },
      transports: mapValues(timeline.transports, (over) => ({ p50: rounded(over.p50), max: rounded(over.max) })),
    },
    vitals: mapValues(vitals, (gauges) => mapValues(gauges, rounded)),
  };
}

function rounded(series: readonly (number | null)[]): (number | null)[] {
  return series.map((value) => (value === null || Number.isInteger(value) ? value : Number(value.toPrecision(6))));
}

function mapValues<K extends string, A, B>(record: Readonly<Record<K, A>>, change: (value: A) => B): Record<K, B> {
  const changed = Object.entries<A>(record).map(([key, value]) => [key, change(value)]);
  return Object.fromEntries(changed) as Record<K, B>;
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`dashboard/${entry}`, import.meta.url))],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'es2022',
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}
