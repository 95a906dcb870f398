import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { describe, expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { compareRuns } from '../../measure/compare/compare-runs.ts';
import { root } from '../../test/support/chatstorm.ts';
import { endings, recordOf, times } from '../../test/support/records.ts';
import { annotations } from './annotations.ts';
import { benchmarkMetrics } from './benchmark-metrics.ts';
import { junit } from './junit.ts';
import { markdownSummary } from './markdown-summary.ts';

const schema = readFileSync(join(root, 'test', 'support', 'junit.xsd'), 'utf8');

async function problemsIn(xml: string): Promise<readonly object[]> {
  const result = await validateXML({
    xml: [{ fileName: 'results.xml', contents: xml }],
    schema: [{ fileName: 'junit.xsd', contents: schema }],
  });
  return result.errors;
}

/** After a wanted change: `npx vitest run reports/pipeline -u`, and read what changed. */
describe.each(Object.entries(endings))('a run that %s', (ending, record) => {
  const golden = (name: string) => `__golden__/${ending}${name}`;

  test('is valid JUnit XML', async () => {
    const xml = junit([record]);
    expect(await problemsIn(xml)).toEqual([]);
    await expect(xml).toMatchFileSnapshot(golden('.xml'));
  });

  test('is a summary', async () => {
    await expect(markdownSummary([record])).toMatchFileSnapshot(golden('.md'));
  });

  test('is annotated at its thresholds', async () => {
    const lines = annotations(record, (threshold) => (/lost/.test(threshold) ? 'a,b/chat.yml:7' : undefined));
    for (const line of lines) expect(line).toMatch(/^::(error|warning) title=[^\n]*::[^\n]+$/);
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(golden('-annotations.txt'));
  });

  test('has metrics to plot', async () => {
    const metrics = benchmarkMetrics([record]);
    for (const { name, unit, value, extra } of metrics) {
      expect([typeof name, typeof unit, typeof extra]).toEqual(['string', 'string', 'string']);
      expect(value).toBeTypeOf('number');
    }
    await expect(`${JSON.stringify(metrics, undefined, 2)}\n`).toMatchFileSnapshot(golden('-metrics.json'));
  });
});

const slower = (n: number, p99: number) =>
  Array.from({ length: 4 }, (_, at) =>
    recordOf({
      id: `run${n + at}`,
      startedAt: `2026-01-0${at + 1}T00:0${n % 10}:00.000Z`,
      metrics: { ...recordOf().metrics, 'broadcast.latency': { ...times, p99: p99 + at } },
    }),
  );

test('a comparison stands in each: what got worse fails', async () => {
  const [base, next] = [slower(10, 40), slower(21, 90)];
  const comparisons = [{ scenario: 'broadcast', comparison: compareRuns(base, next) }];
  const xml = junit(next, comparisons);
  expect(await problemsIn(xml)).toEqual([]);
  const { testsuites } = new XMLParser({ ignoreAttributes: false, isArray: (name) => name === 'testcase' }).parse(xml);
  const suite = testsuites.testsuite.at(-1);
  expect(suite).toMatchObject({ '@_name': 'chatstorm.broadcast.baseline', '@_failures': '1' });
  expect(suite.testcase.find((one: Record<string, string>) => one['@_name'] === 'broadcast.latency.p99')).toMatchObject(
    {
      failure: { '@_type': 'worse', '@_message': expect.stringContaining('41.5 ms before, 91.5 ms now') },
    },
  );
  await expect(markdownSummary(next, comparisons)).toMatchFileSnapshot('__golden__/comparison.md');
});

test('runs that were not made are an error, and nothing is left unsaid', async () => {
  const xml = junit([], [], 'Cannot connect to http://chat.invalid/. Is it running?');
  expect(await problemsIn(xml)).toEqual([]);
  expect(xml).toContain('Cannot connect');
  expect(markdownSummary([], [], 'Cannot connect.')).toContain('Cannot connect.');
  expect(markdownSummary([])).toContain('No run was measured.');
});

test('nothing grows without bounds, whatever a run says', async () => {
  const long = '<&"`|\u{1f600}'.repeat(10_000);
  const record = recordOf({
    findings: Array.from({ length: 30 }, (_, at) => ({
      id: String(at),
      severity: 'critical',
      evidence: long,
      title: 'Long',
      setting: null,
      shownBy: null,
      remedy: long,
    })),
    notes: [long, `${'\ud800'}\uffff\u0000`],
  });
  const xml = junit([record]);
  expect(await problemsIn(xml)).toEqual([]);
  expect(Buffer.byteLength(xml)).toBeLessThan(200_000);
  const summary = markdownSummary(Array.from({ length: 500 }, () => record));
  expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(1 << 20);
  expect(summary).toContain('There is more than fits here');
});
