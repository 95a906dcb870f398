/** What a pipeline and those who watch it are told of a run: by the files it asks for, a real Prometheus, and OTLP. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { quietPort } from '../base/quiet-port.ts';
import { type Distribution, parseRunRecord, type RunRecord } from '../measure/run-record/run-record.ts';
import { timeBuckets } from '../reports/exporters/prometheus-metrics.ts';
import { cleanUp, Running, shortScenario, temporaryFolder } from './support/chatstorm.ts';
import { otlpReceiver, quantileBounds, totalOf } from './support/otlp.ts';
import { endings } from './support/records.ts';

afterAll(cleanUp);

const prometheusBin = ['/usr/bin/prometheus', '/usr/local/bin/prometheus'].find((path) => existsSync(path));
if (!prometheusBin && process.env.CI)
  throw new Error('Expected Prometheus to be installed: apt-get install prometheus.');

/** One run that all of this is about: two thresholds fail for certain. */
describe('a run that is watched', () => {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder, name);
  let record: RunRecord;
  let running: Running;
  let prometheus: { query: (text: string) => Promise<Record<string, number>>; end: () => void } | undefined;
  let receiver: Awaited<ReturnType<typeof otlpReceiver>>;

  beforeAll(async () => {
    receiver = await otlpReceiver();
    const scrape = await quietPort();
    if (prometheusBin) prometheus = await startPrometheus(prometheusBin, scrape);
    const scenario = readFileSync(shortScenario, 'utf8').replace(
      '    - delivery.lost == 0',
      '    - delivery.lost == 0\n    - broadcast.latency.max < 0.001ms',
    );
    writeFileSync(at('judged.yml'), scenario);
    const outputs = [
      '--junit',
      at('out/results.xml'),
      '--summary',
      at('out/summary.md'),
      '--json',
      at('out/records.json'),
    ];
    const more = [
      '--metrics-json',
      at('out/metrics.json'),
      '--prometheus',
      `127.0.0.1:${scrape}`,
      '--otlp',
      receiver.url,
    ];
    running = new Running(['load', at('judged.yml'), ...outputs, ...more, '--out', at('run')], at('run'), {
      GITHUB_ACTIONS: 'true',
      GITHUB_STEP_SUMMARY: at('job.md'),
    });
    await running.ended;
    record = running.record();
  }, 60_000);

  afterAll(() => {
    prometheus?.end();
    receiver.server.close();
  });

  test('every file tells the same', async () => {
    const code = await running.ended;
    expect([99, 3]).toContain(code);
    expect(parseRunRecord(JSON.parse(readFileSync(at('out/records.json'), 'utf8')))).toEqual(record);
    const parser = new XMLParser({ ignoreAttributes: false });
    const { testsuites } = parser.parse(readFileSync(at('out/results.xml'), 'utf8'));
    expect(testsuites.testsuite['@_failures']).toBe('1');
    const summary = readFileSync(at('out/summary.md'), 'utf8');
    expect(summary).toContain('broadcast.latency.max');
    expect(readFileSync(at('job.md'), 'utf8')).toBe(summary);
    const line =
      readFileSync(at('judged.yml'), 'utf8')
        .split('\n')
        .findIndex((text) => text.includes('max <')) + 1;
    expect(running.output).toContain(
      `::error title=chatstorm judged,file=${at('judged.yml')},line=${line}::broadcast.latency.max`,
    );
    const metrics = JSON.parse(readFileSync(at('out/metrics.json'), 'utf8'));
    const { p99, max } = record.metrics['broadcast.latency'] as Distribution;
    expect(metrics).toContainEqual(
      expect.objectContaining({ name: 'judged: broadcast.latency.max', unit: 'ms', value: max }),
    );
    if (p99 !== null)
      expect(metrics).toContainEqual(expect.objectContaining({ name: 'judged: broadcast.latency.p99', value: p99 }));
  });

  test.skipIf(!prometheusBin)('a Prometheus that scrapes it has the counts and the p99 of run.json', async () => {
    const { query } = prometheus!;
    const expected = record.metrics['delivery.expected'] as { value: number };
    const run = `run="${record.id}"`;
    // The run is over, and so are its series.
    const last = (series: string) => `last_over_time(${series}[5m])`;
    await expect
      .poll(async () => (await query(`sum(${last(`chatstorm_delivery_expected_total{${run},by=""}`)})`))[''], {
        timeout: 5000,
      })
      .toBe(expected.value);
    const delivered = await query(`sum(${last(`chatstorm_delivery_delivered_total{${run},by=""}`)})`);
    expect(delivered['']).toBe((record.metrics['delivery.delivered'] as { value: number }).value);
    const total = last(`chatstorm_broadcast_latency_seconds_bucket{${run},transport="",room="",by=""}`);
    const latency = record.metrics['broadcast.latency'] as Distribution;
    expect(
      (await query(`sum(${last(`chatstorm_broadcast_latency_seconds_count{${run},transport="",room="",by=""}`)})`))[''],
    ).toBe(latency.count);
    for (const [q, ms] of [
      [0.5, latency.p50],
      [0.9, latency.p90],
      [1, latency.max],
    ] as const) {
      if (ms === null) continue;
      const told = (await query(`histogram_quantile(${q}, sum by (le) (${total}))`))['']!;
      const upper = timeBuckets.find((bound) => bound >= ms / 1000)!;
      const lower = timeBuckets[timeBuckets.indexOf(upper) - 1] ?? 0;
      expect(told).toBeGreaterThanOrEqual(lower);
      expect(told).toBeLessThanOrEqual(upper);
    }
    expect(await query(last(`chatstorm_run_info{${run}}`))).toEqual({ '': 1 });
    expect(Object.keys(await query(`count by (source) (${last('chatstorm_cpu_ratio')})`)).sort()).toEqual(
      expect.arrayContaining(['conductor-0-0']),
    );
  });

  test('an OTLP receiver has the counts and the p99 of run.json', () => {
    const { resource, metrics } = receiver.received.at(-1)!;
    expect(resource).toMatchObject({
      'service.name': 'chatstorm',
      'chatstorm.run.id': record.id,
      'chatstorm.scenario': 'judged',
    });
    const sumOf = (name: string) =>
      metrics
        .get(`chatstorm.${name}`)!
        .sum!.dataPoints.filter(({ attributes }) => !attributes.some(({ key }) => key === 'by'))
        .reduce((sum, { asDouble }) => sum + asDouble!, 0);
    for (const name of ['delivery.expected', 'delivery.delivered', 'messages.sent'])
      expect([name, sumOf(name)]).toEqual([name, (record.metrics[name] as { value: number }).value]);
    const { unit, exponentialHistogram } = metrics.get('chatstorm.broadcast.latency')!;
    const point = totalOf(exponentialHistogram!.dataPoints);
    const { count, p50, p90, max } = record.metrics['broadcast.latency'] as Distribution;
    expect({ unit, count: point.count }).toEqual({ unit: 'ms', count });
    for (const [q, ms] of [
      [0.5, p50],
      [0.9, p90],
      [1, max],
    ] as const) {
      if (ms === null) continue;
      const [low, high] = quantileBounds(point, q);
      // Our own buckets have three digits.
      expect(ms).toBeGreaterThanOrEqual(low * 0.999);
      expect(ms).toBeLessThanOrEqual(high * 1.001);
    }
  });

  test('its trend has a row', async () => {
    const { output, code } = await ended(['trend', 'judged', '--runs', folder]);
    expect(code).toBe(0);
    expect(output).toMatch(
      /^judged {2}reference chat, .* measured\np99 .*\n.*started \(UTC\).*\n.*(failed|invalid).* run\n$/,
    );
    expect(await ended(['trend', 'other', '--runs', folder])).toMatchObject({
      code: 2,
      output: `There is no run of other in ${folder}.\n`,
    });
  });
});

test('a baseline is small and no worse than itself; invalid runs and odd names are refused', async () => {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder, name);
  for (const [name, record] of Object.entries({ good: endings.passed, bad: endings.invalid })) {
    mkdirSync(at(name));
    writeFileSync(at(`${name}/run.json`), JSON.stringify(record));
  }
  const saved = await ended(['baseline', 'save', at('base.json'), at('good')]);
  expect(saved.output).toBe(`Saved 1 run as ${at('base.json')}\n`);
  expect(readFileSync(at('base.json'), 'utf8').length).toBeLessThan(20_000);
  const compared = await ended(['compare', at('base.json'), at('good')]);
  expect(compared.output).toContain('broadcast.latency.p50');
  expect(compared.code).toBe(0);
  const refused = await ended(['baseline', 'save', at('other.json'), at('bad')]);
  expect(refused).toMatchObject({
    code: 2,
    output: expect.stringContaining('cannot be part of a baseline: it is invalid.'),
  });
  expect(await ended(['baseline', 'save', '../main', at('good')])).toMatchObject({ code: 2 });
});

test('a threshold of a scenario that there is not is refused, with its line', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'chatstorm.yml'), 'thresholds:\n  broadcst:\n    - delivery.lost == 0\n');
  const run = new Running(['load', 'broadcast', '--dry-run'], folder, {}, folder);
  expect(await run.ended).toBe(2);
  expect(run.output).toContain('got broadcst (chatstorm.yml:3)');
});

test('a target that cannot be reached is told in every file, and the exit code is 4', async () => {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder, name);
  const target = `http://127.0.0.1:${await quietPort()}`;
  const files = ['--junit', at('results.xml'), '--summary', at('summary.md'), '--metrics-json', at('metrics.json')];
  const { code, stdout } = await ended(['load', shortScenario, '--target', target, ...files, '--json', '-']);
  expect(code).toBe(4);
  expect(stdout).toBe('[]\n');
  expect(readFileSync(at('results.xml'), 'utf8')).toContain('Cannot connect to');
  expect(readFileSync(at('summary.md'), 'utf8')).toContain('Cannot connect to');
  expect(JSON.parse(readFileSync(at('metrics.json'), 'utf8'))).toEqual([]);
});

/** A command that is over: what it printed, and its exit code. */
async function ended(args: readonly string[]) {
  const running = new Running(args, '');
  let stdout = '';
  running.process.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  return { code: await running.ended, output: running.output, stdout };
}

/** A Prometheus of its own that scrapes an address each second. */
async function startPrometheus(bin: string, scraped: number) {
  const folder = temporaryFolder();
  const port = await quietPort();
  const config = join(folder, 'prometheus.yml');
  const job = { job_name: 'chatstorm', static_configs: [{ targets: [`127.0.0.1:${scraped}`] }] };
  writeFileSync(config, JSON.stringify({ global: { scrape_interval: '1s' }, scrape_configs: [job] }));
  const flags = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const child: ChildProcess = spawn(bin, flags, { stdio: 'ignore' });
  const query = async (text: string): Promise<Record<string, number>> => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(text)}`);
    const { data } = (await response.json()) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return Object.fromEntries(data.result.map(({ metric, value }) => [metric.source ?? '', Number(value[1])]));
  };
  await vi.waitFor(async () => expect(await query('vector(1)')).toEqual({ '': 1 }), { timeout: 15_000, interval: 100 });
  return { query, end: () => child.kill('SIGKILL') };
}
