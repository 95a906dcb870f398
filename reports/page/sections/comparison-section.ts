import { type ComparisonRow, compareRuns } from '../../../measure/compare/compare-runs.ts';
import { deflatedIn } from '../../../measure/metrics/hdr-encoding.ts';
import type { RunRecord } from '../../../measure/run-record/run-record.ts';
import { SCHEMA_VERSION } from '../../../measure/run-record/schema-version.ts';
import type { PageRecord, PercentileCurve } from '../../render/page-record.ts';
import { curveOf, drawnHistograms } from '../../render/percentile-curve.ts';
import { basisSentence, capacityChange, noteSentence } from '../../wording/comparison-wording.ts';
import { plainNumber, valueIn } from '../../wording/quantities.ts';
import { columns, table } from '../parts/data-table.ts';
import { bytesOf, decompressed } from '../parts/decompress.ts';
import { breakable, el, section } from '../parts/elements.ts';

/** A way to bring another run along: a file input, and the whole page as a place to drop one. */
export function otherRunInput(chosen: (record: PageRecord) => void, refused: (sentence: string) => void): HTMLElement {
  const input = el('input', '');
  input.type = 'file';
  input.accept = '.json,application/json';
  const read = async (file: File | undefined) => {
    if (!file) return;
    try {
      chosen(await runIn(await file.text()));
    } catch {
      refused(`${file.name} is not a run.json that this page can read.`);
    }
  };
  input.addEventListener('change', async () => {
    await read(input.files?.[0]);
    // The same file may be chosen again.
    input.value = '';
  });
  addEventListener('dragover', (event) => {
    event.preventDefault();
    document.documentElement.dataset.dropping = '';
  });
  addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) delete document.documentElement.dataset.dropping;
  });
  addEventListener('drop', (event) => {
    event.preventDefault();
    delete document.documentElement.dataset.dropping;
    void read(event.dataTransfer?.files[0]);
  });
  return el('label', 'compare', 'Compare with a run.json ', input);
}

/** This run against the other: the metrics that a comparison is mainly about. */
export function versusSection(record: RunRecord, other: RunRecord): HTMLElement {
  const comparison = compareRuns([other], [record]);
  const rows = comparison.rows
    .filter(({ isHeadline }) => isHeadline)
    .map((row) => ({
      head: el('code', '', ...breakable(row.metric)),
      cells: [valueIn(row.unit, row.base), valueIn(row.unit, row.next), changeWords(row)],
    }));
  const notes = comparison.notes.map((note) => el('li', '', el('bdi', '', noteSentence(note))));
  const about = `Run ${record.id} (new) against run ${other.id} (base). ${capacityChange(comparison) ?? basisSentence(comparison)}`;
  return section(
    'versus',
    'Comparison with another run',
    about,
    notes.length > 0 ? el('ul', 'reasons', ...notes) : undefined,
    table({ caption: 'Headline metrics', columns: columns(['Metric'], ['Other run', 'This run', 'Change']), rows }),
  );
}

/** By how much this run is above the other, with a sign. */
function changeWords({ change, unit }: ComparisonRow): string {
  if (!change) return '–';
  const size = Math.abs(change.value);
  const sign = change.value > 0 ? '+' : change.value < 0 ? '−' : '±';
  return `${sign}${change.scale === 'percent' ? `${plainNumber(size)} %` : valueIn(unit, size)}`;
}

/** Rejects where `text` is not the JSON of a run, as far as the page goes by it. */
async function runIn(text: string): Promise<PageRecord> {
  const record = JSON.parse(text) as RunRecord;
  const parts = [record.metrics, record.timeline.latency, record.intervals, record.verdict.breaches, record.load];
  if (
    record.schemaVersion !== SCHEMA_VERSION ||
    typeof record.id !== 'string' ||
    !parts.every((part) => typeof part === 'object')
  ) {
    throw new TypeError('Expected a run.json');
  }
  compareRuns([record], [record]);
  return { ...record, previous: null, planned: [], curves: await curvesIn(record) };
}

/** The curves of the histograms in a run.json; one that a page gave away has none. */
async function curvesIn(record: RunRecord): Promise<PercentileCurve[]> {
  const curves = drawnHistograms(record).map(async ({ key, hdr }) => {
    const inflated = await decompressed(deflatedIn(bytesOf(hdr)), 'deflate').arrayBuffer();
    return curveOf(record, key, new Uint8Array(inflated));
  });
  return (await Promise.all(curves)).flat();
}
