import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { numberOf } from '../measure/run-record/read-metrics.ts';
import { parseRunRecord, type RunRecord } from '../measure/run-record/run-record.ts';
import { summary } from '../reports/terminal/summary.ts';
import { plainTerminal } from '../reports/terminal/terminal.ts';
import { describeInBrowser } from './support/in-browser.ts';
import { open } from './support/report-in-browser.ts';

/** The records in the published reports: whole runs, as they were made. */
const published = new URL('../docs/reports/', import.meta.url);
const recorded = readdirSync(published).map((file) => [file, recordIn(new URL(file, published))] as const);

/** What the page says of a record is recomputed here from the record, total by total. */
describeInBrowser('the numbers of a report meet', (browser) => {
  test.each(recorded)('of %s', async (_, record) => {
    const { page } = await open(browser(), [record]);
    const of = (name: string) => numberOf(record, name);
    const tables = await tablesOf(page);
    const outcomes = ['delivered', 'recovered', 'missed', 'lost', 'unknown'] as const;

    const deliveries = tables['Deliveries: pairs of a message and a recipient']!;
    for (const name of ['expected', ...outcomes] as const) {
      expect([name, numberIn(deliveries[name]![0]!)]).toEqual([name, of(`delivery.${name}`)]);
      expect(shareIn(deliveries[name]![1]!), name).toBeCloseTo(of(`delivery.${name}`) / of('delivery.expected'), 3);
    }
    const causes = ['offline', 'cut', 'left', 'silent'].map((cause) => numberIn(deliveries[cause]?.[0] ?? '0'));
    expect(sum(causes)).toBe(of('delivery.missed'));

    const tiles = await page.locator('dl.results').innerText();
    expect(tiles).toContain(`Lost\n${spelt(of('delivery.lost'))}`);
    expect(tiles).toContain(`${spelt(of('delivery.delivered'))} of ${spelt(of('delivery.expected'))}`);
    expect(tiles).toContain(`Duplicate\n${spelt(of('delivery.duplicate'))}`);

    const headline = await page.locator('.headline').innerText();
    for (const [name, words] of [
      ['delivery.missed', 'missed'],
      ['delivery.unknown', 'unknown'],
    ] as const) {
      const said = new RegExp(`([\\d,]+) ${words}`).exec(headline)?.[1];
      if (said !== undefined) expect(numberIn(said)).toBe(of(name));
    }
    for (const caption of ['Deliveries by when their messages were due', 'Deliveries by room']) {
      const rows = tables[caption];
      if (!rows) continue;
      const { all, ...parts } = rows;
      for (const [column, name] of ['expected', ...outcomes].entries()) {
        // Behind what was missed stand its four causes.
        const at = column < 4 ? column : column + 4;
        const ofParts = Object.values(parts).map((cells) => numberIn(cells[at]!));
        expect([caption, name, sum(ofParts)]).toEqual([caption, name, of(`delivery.${name}`)]);
        expect(numberIn(all![at]!)).toBe(of(`delivery.${name}`));
      }
    }

    const connections = tables['Connections and errors']!;
    const probes = (what: string) => numberIn(connections[what]![0]!);
    expect(probes('attempts')).toBe(probes('established') + probes('failed') + probes('given up'));
    expect(probes('established')).toBe(probes('connections ended') + probes('open at the end'));
    for (const what of ['given up', 'open at the end']) expect(probes(what), what).toBeGreaterThanOrEqual(0);
    const reasons = await rowsOf(page, 'By reason');
    for (const [what, key] of [
      ['connection ended', 'disconnects'],
      ['connection failed', 'connections.failed'],
    ] as const) {
      for (const [who, name] of [
        ['probes', key],
        ['crowd', `${key}{by=crowd}`],
      ] as const) {
        const counted = reasons
          .filter(([, kind, by]) => kind === what && by === who)
          .map((cells) => numberIn(cells[3]!));
        expect([what, who, sum(counted)]).toEqual([what, who, of(name)]);
      }
    }

    const messages = tables['Messages of the probes']!;
    const sent = numberIn(messages.sent![0]!);
    expect(numberIn(messages.scheduled![0]!)).toBe(of('messages.scheduled'));
    expect(sent + numberIn(messages.dropped![0]!)).toBe(of('messages.sent') + of('messages.dropped'));

    const rates = /([\d.,]+) messages\/s planned, ([\d.,]+)\/s measured/.exec(await page.locator('.load').innerText());
    const printed = /([\d.,]+) messages\/s planned(?: and measured|, ([\d.,]+) measured)/.exec(
      summary(record, '', plainTerminal),
    );
    expect(rates, 'the page').not.toBeNull();
    expect(printed, 'the terminal').not.toBeNull();
    expect(Number(printed![1])).toBeCloseTo(Number(rates![1]), 1);
    expect(Number(printed![2] ?? printed![1])).toBeCloseTo(Number(rates![2]), 1);
  });
});

/** By caption, the cells of each row behind its heading. */
async function tablesOf(page: Page): Promise<Record<string, Record<string, string[]>>> {
  const captions = await page.locator('main table caption').allTextContents();
  const found: Record<string, Record<string, string[]>> = {};
  for (const caption of captions) {
    found[caption] = Object.fromEntries((await rowsOf(page, caption)).map(([head, ...cells]) => [head!, cells]));
  }
  return found;
}

/** All cells of each row, headings too. */
function rowsOf(page: Page, caption: string): Promise<string[][]> {
  return page.evaluate(`[...document.querySelectorAll('main table')]
    .filter((one) => one.caption?.textContent === ${JSON.stringify(caption)})
    .flatMap((one) => [...one.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.innerText.trim())))`);
}

function numberIn(text: string): number {
  return Number(text.replaceAll(',', ''));
}

function shareIn(text: string): number {
  return Number.parseFloat(text) / 100;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}

function spelt(value: number): string {
  return value.toLocaleString('en-US');
}

function recordIn(file: URL): RunRecord {
  const packed = /<script type="application\/octet-stream" id="records">([^<]+)</.exec(readFileSync(file, 'utf8'))![1]!;
  const [{ curves: _, previous: __, planned: ___, ...record }] = JSON.parse(
    gunzipSync(Buffer.from(packed, 'base64')).toString(),
  );
  return parseRunRecord(record);
}
