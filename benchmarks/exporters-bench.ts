import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { quietPort } from '../base/quiet-port.ts';
import { type Comparison, compareRuns } from '../measure/compare/compare-runs.ts';
import { parseRunRecord, type RunRecord } from '../measure/run-record/run-record.ts';
import { otlpReceiver } from '../test/support/otlp.ts';

const RUNS = 4;
const LIMIT_MS = 120_000;

/**
 * Whether exporters slow the probes down: short broadcast runs in turn without and with a Prometheus that scrapes every second and an
 * OTLP receiver, compared as any runs are.
 */
export async function measureExporters(): Promise<Comparison> {
  const folder = mkdtempSync(join(tmpdir(), 'chatstorm-bench-'));
  const receiver = await otlpReceiver();
  const port = await quietPort();
  const scraping = setInterval(() => {
    get(`http://127.0.0.1:${port}/metrics`, (response) => response.resume()).on('error', () => {});
  }, 1000);
  try {
    const [without, having]: [RunRecord[], RunRecord[]] = [[], []];
    for (let at = 0; at < RUNS; at++) {
      without.push(await runIn(join(folder, `without-${at}`), []));
      having.push(
        await runIn(join(folder, `with-${at}`), ['--prometheus', `127.0.0.1:${port}`, '--otlp', receiver.url]),
      );
    }
    if (receiver.received.length === 0) throw new Error('Expected metrics to arrive by OTLP.');
    return compareRuns(without, having);
  } finally {
    clearInterval(scraping);
    receiver.server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runIn(out: string, flags: readonly string[]): Promise<RunRecord> {
  const args = ['chatstorm.ts', 'load', 'broadcast', '--quick', '--users', '20', '--no-live', '--out', out, ...flags];
  // Whatever the verdict: it is the figures that are compared.
  await promisify(execFile)(process.execPath, args, { timeout: LIMIT_MS }).catch(() => {});
  return parseRunRecord(JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')));
}
