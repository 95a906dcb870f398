import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { Histogram } from '../../measure/metrics/histogram.ts';
import { sourceOf } from '../../measure/metrics/source.ts';
import type { RunPlan, RunRecord } from '../../measure/run-record/run-record.ts';
import { foldRun } from '../../test/support/fold-run.ts';
import { plan } from '../../test/support/plan.ts';
import { renderReport } from './render-report.ts';

const hostile =
  '</script><script>hacked=1</script><!--<img src=x onerror=hacked=1>&amp;\u202Egnp.exe\u2066\u2028{{x}}$&';

describe('the report of a run', () => {
  test('holds the record as it is, however hostile its strings', async () => {
    const record = { ...foldRun(planOf(hostile), []), notes: [hostile] };
    const html = await renderReport([
      { ...record, metrics: { [`errors{reason=${hostile}}`]: { unit: '1', value: 1 } } },
    ]);
    const packed = partsOf(html, '<script type="application/octet-stream" id="records">', '</script>');
    expect(packed).toHaveLength(1);
    expect(packed[0]).toMatch(/^[A-Za-z0-9+/]+=*$/);
    const held = heldIn(html);
    expect(held.scenario).toEqual(record.scenario);
    expect(held.notes).toEqual([hostile]);
    expect(Object.keys(held.metrics)).toEqual([`errors{reason=${hostile}}`]);
    expect(html.split(/<script/i)).toHaveLength(3);
    expect(html).not.toContain('<!--');
  });

  test('allows its own script and style by their hashes, and nothing else', async () => {
    const html = await renderReport([foldRun(planOf('empty'), [])]);
    const [policy] = partsOf(html, 'Content-Security-Policy" content="', '">');
    const [script] = partsOf(html, '<script>', '</script>');
    const [style] = partsOf(html, '<style>', '</style>');
    expect(policy).toBe(
      [
        "default-src 'none'",
        `script-src '${hash(script!)}'`,
        `style-src '${hash(style!)}'`,
        "img-src data:; base-uri 'none'; form-action 'none'",
      ].join('; '),
    );
    const [packed] = partsOf(html, 'id="records">', '</script>');
    expect(html.replace(script!, '').replace(packed!, '')).not.toMatch(/\b(?:src|style|on\w+)=|https?:|@import|url\(/);
    expect(script).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/);
  });

  test('leaves out what the page does not show, and keeps counts exact', async () => {
    const record = foldRun(planOf('slim'), []);
    const metrics: RunRecord['metrics'] = {
      'delivery.expected': { unit: '1', value: 12_345_678 },
      'broadcast.latency': { ...times, hdr: new Histogram().encode() },
    };
    const source = sourceOf('conductor');
    const gauges = { 'cpu{role=server}': [null, 96.93513488513555], 'rss{role=server}': [114_618_368] };
    const vitals = [{ source, gauges }];
    const html = await renderReport([{ ...record, metrics, vitals }]);
    const held = heldIn(html);
    expect(held.metrics).toEqual({ ...metrics, 'broadcast.latency': { ...times, hdr: '' } });
    const rounded = { 'cpu{role=server}': [null, 96.94], 'rss{role=server}': [114_600_000] };
    expect(held.vitals).toEqual([{ source, gauges: rounded }]);
  });
});

const times = { unit: 'ms', count: 1, min: 1, mean: 1, p50: 1, p90: 1, p95: 1, p99: 1, p999: 1, max: 1 } as const;

/** The one record in a page. */
function heldIn(html: string): RunRecord {
  const [packed] = partsOf(html, 'id="records">', '</script>');
  const [record] = JSON.parse(gunzipSync(Buffer.from(packed!, 'base64')).toString()) as RunRecord[];
  return record!;
}

function partsOf(html: string, from: string, to: string): string[] {
  return html
    .split(from)
    .slice(1)
    .map((rest) => rest.slice(0, rest.indexOf(to)));
}

function hash(content: string): string {
  return `sha256-${createHash('sha256').update(content, 'utf8').digest('base64')}`;
}

function planOf(name: string): RunPlan {
  const target = { ...plan.target, kind: 'external' } as const;
  return { ...plan, scenario: { name, about: name, thresholds: [], rooms: [name] }, target };
}
