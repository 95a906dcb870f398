/**
 * `npm run bench`: what chatstorm's own parts cost, beside the floor that they stand on. `npm run bench -- report` runs one.
 * Those that take minutes are run by name only: `fuzz` (`--frames 1000000`), `soak` (`--for 10m`), `slow-readers`, `kills`,
 * `exporters`, `engine` (`--json FILE` writes its result), `shards`, `capacity`, `cases`.
 */

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { durationMs } from '../base/units.ts';
import { comparisonTable } from '../reports/terminal/comparison-table.ts';
import { plainTerminal } from '../reports/terminal/terminal.ts';
import { cases, showCase } from '../scenarios/cases/all-cases.ts';
import { searchKnown } from './capacity-bench.ts';
import { measureEngine } from './engine/engine-bench.ts';
import { fullForm } from './engine/engine-forms.ts';
import { candidateRows, ratioRows, scalingRows } from './engine/engine-tables.ts';
import { measureExporters } from './exporters-bench.ts';
import { measureFuzz } from './fuzz-bench.ts';
import { countMillion, measureFloor } from './harness-bench.ts';
import { recordHour } from './hour-run.ts';
import { measureInstrument } from './instrument-bench.ts';
import { killEveryChild } from './kills-bench.ts';
import { measureProxy } from './proxy-bench.ts';
import { measureRecorder } from './recorder-bench.ts';
import { measureReport } from './report-bench.ts';
import { measureShardFold, measureSplit } from './shards-bench.ts';
import { measureSlowReaders } from './slow-readers-bench.ts';
import { measureSoak } from './soak-bench.ts';

const quick = { recorder, floor, million, proxy, report, instrument };
const benchmarks = {
  ...quick,
  fuzz,
  soak,
  'slow-readers': slowReaders,
  kills,
  exporters,
  engine,
  shards,
  capacity,
  cases: showEveryCase,
};

const { values: flags, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    for: { type: 'string', default: '10m' },
    frames: { type: 'string', default: '1000000' },
    json: { type: 'string' },
  },
});
const unknown = wanted.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are ${Object.keys(benchmarks).join(', ')}.`);
  process.exitCode = 1;
} else {
  for (const [name, run] of Object.entries(benchmarks)) {
    if (wanted.length === 0 ? name in quick : wanted.includes(name)) await run();
  }
}

function recorder(): void {
  const { cost, floor, flush, memory } = measureRecorder();
  const row = (ns: number) => [ns.toFixed(0), `${(ns / floor.tokenAndHistogramsNs).toFixed(2)}×`];
  say("The recorder's cost per delivery (bar: 1.5 µs)");
  show(
    ['', 'ns', 'over the floor'],
    ['floor: reading the token', ...row(floor.tokenNs)],
    ['floor: token and three histogram samples', ...row(floor.tokenAndHistogramsNs)],
    ['delivered(): token, ledger, windows, histograms', ...row(cost.deliveredNs)],
    ['all of it: sends and flushes included', ...row(cost.wholeNs)],
  );
  console.log(
    `Bytes allocated per delivery: ${cost.bytesPerDelivery.toFixed(1)}; a flush of one second takes ${flush.medianMs.toFixed(1)} ms (median).`,
  );
  say(`Heap after collection, over ten simulated minutes at ${whole(memory.perSecond)} deliveries/s`);
  show(['minute', ...memory.heapMb.map((_, i) => String(i + 1))], ['MB', ...memory.heapMb.map((mb) => mb.toFixed(1))]);
}

async function exporters(): Promise<void> {
  const comparison = await measureExporters();
  say('Broadcast without and with Prometheus and OTLP (bar: no difference in latency)');
  const told = /^(broadcast\.(latency|last)|generator\.lag|ack\.latency)/;
  console.log(
    comparisonTable({ ...comparison, rows: comparison.rows.filter(({ metric }) => told.test(metric)) }, plainTerminal),
  );
}

async function floor(): Promise<void> {
  const { p50, p99, messages } = await measureFloor();
  say('The harness against a null target (bar: p50 below 1.5 ms on an idle machine)');
  console.log(`p50 ${p50?.toFixed(2)} ms, p99 ${p99?.toFixed(2)} ms over ${messages} messages.`);
}

async function million(): Promise<void> {
  const { expected, delivered, lost, unknown, seconds, anomalies } = await countMillion();
  say('A million deliveries of the reference chat (bar: all delivered, no anomaly)');
  console.log(`${expected} expected = ${delivered} delivered + ${lost} lost + ${unknown} unknown, in ${seconds} s.`);
  console.log(
    Object.entries(anomalies)
      .map(([anomaly, n]) => `${n} ${anomaly}`)
      .join(', '),
  );
}

async function proxy(): Promise<void> {
  const { direct, proxied, addedP50 } = await measureProxy();
  say('A small message through the proxy, untouched (bar: 0.3 ms added at p50)');
  console.log(
    `direct p50 ${direct.p50.toFixed(3)} ms, p99 ${direct.p99.toFixed(3)} ms; proxied p50 ${proxied.p50.toFixed(3)} ms, p99 ${proxied.p99.toFixed(3)} ms; added ${addedP50.toFixed(3)} ms.`,
  );
}

async function report(): Promise<void> {
  const record = recordHour();
  const { bytes, writtenMs, interactiveMs, zoomMs, wholeMs, cursorMs } = await measureReport(record);
  const { 'delivery.delivered': delivered } = record.metrics;
  const deliveries = delivered && 'value' in delivered ? delivered.value : 0;
  say(`The report of an hour with ${whole(deliveries)} deliveries, in Chromium`);
  show(
    ['', 'measured', 'bar'],
    ['size', `${(bytes / 1e6).toFixed(2)} MB`, '1.5 MB'],
    ['written', `${writtenMs.toFixed(0)} ms`, '1500 ms'],
    ['interactive', `${interactiveMs.toFixed(0)} ms`, '1000 ms'],
    ['cursor', `${cursorMs.toFixed(0)} ms`, ''],
    ['zoom', `${zoomMs.toFixed(0)} ms`, '100 ms'],
    ['whole run again', `${wholeMs.toFixed(0)} ms`, '100 ms'],
  );
}

async function instrument(): Promise<void> {
  const { clients, plainMs, instrumentedMs } = await measureInstrument();
  say(`instrument(): CPU of a server with ${clients} idle clients (bar: 1 % of a core)`);
  console.log(
    `plain ${plainMs.toFixed(1)} ms/s, instrumented ${instrumentedMs.toFixed(1)} ms/s: ${((instrumentedMs - plainMs) / 10).toFixed(2)} % of a core.`,
  );
}

async function fuzz(): Promise<void> {
  say('Fuzzed frames over both transports (bar: no crash, heap flat, descriptors back, neighbour within 3 × of calm)');
  const found = await measureFuzz(Number(flags.frames), (line) => console.log(`  ${line}`));
  const { frames, connections, heapMb, slope, descriptors, failures, calm, storm } = found;
  console.log(
    `${whole(frames)} frames on ${whole(connections)} connections; 0 crashes; failures ${JSON.stringify(failures)}.`,
  );
  console.log(
    `Heap ${heapMb.first.toFixed(1)} → ${heapMb.last.toFixed(1)} MB, settled ${heapMb.settled.toFixed(1)} MB; slope ${slope.slope.toFixed(3)} ± ${slope.error.toFixed(3)} MB per 100,000 frames.`,
  );
  console.log(`Descriptors ${descriptors.before} → ${descriptors.after}.`);
  console.log(
    `Neighbour p99 ${calm.p99.toFixed(1)} ms calm, ${storm.p99.toFixed(1)} ms meanwhile: ${(storm.p99 / calm.p99).toFixed(1)} ×.`,
  );
}

async function soak(): Promise<void> {
  say('Clients that come and go in every way');
  const seconds = durationMs(flags.for) / 1000;
  const { visits, failures, clients, descriptors, slope } = await measureSoak(seconds, (line) =>
    console.log(`  ${line}`),
  );
  console.log(
    `${whole(visits)} visits; failures ${JSON.stringify(failures)}; ${clients} clients are left (the neighbour).`,
  );
  console.log(
    `Heap slope ${slope.slope.toFixed(3)} ± ${slope.error.toFixed(3)} MB/min; descriptors ${descriptors.before} → ${descriptors.after}.`,
  );
}

async function slowReaders(): Promise<void> {
  const { readers, seconds, evicted, rssMb, calm, storm } = await measureSlowReaders(60);
  say(
    'Readers that stop, at 10 MB/s each (bar: RSS at most 300 MB above the start, all evicted, neighbour p99 below 50 ms)',
  );
  console.log(
    `${evicted} of ${readers} evicted in ${seconds} s; RSS ${rssMb.before.toFixed(0)} → ${rssMb.highest.toFixed(0)} MB at most; neighbour p99 ${calm.p99.toFixed(1)} ms calm, ${storm.p99.toFixed(1)} ms meanwhile.`,
  );
}

async function shards(): Promise<void> {
  say('Eight shards of an hour, a million deliveries each, folded (bar: 5 s, 500 MB)');
  const { seconds, megabytes, deliveries } = measureShardFold();
  show(
    ['', ''],
    ['seconds', seconds.toFixed(2)],
    ['memory, MB', megabytes.toFixed(0)],
    ['deliveries', String(deliveries)],
  );
  say('The same load by one process, and by four workers on this machine (bar: 1.1, 50 kB/s, 20 ms); three rounds');
  const rounds = [];
  for (let i = 0; i < 3; i++) rounds.push(await measureSplit());
  show(
    ['', ...rounds.map((_, i) => `round ${i + 1}`)],
    ['cores, one process', ...rounds.map(({ whole }) => whole.toFixed(3))],
    ['cores, four workers', ...rounds.map(({ split }) => split.toFixed(3))],
    ['ratio', ...rounds.map(({ whole, split }) => (split / whole).toFixed(2))],
    ['cores more, a worker', ...rounds.map(({ whole, split }) => ((split - whole) / 4).toFixed(3))],
    ['lines, kB/s a shard', ...rounds.map(({ lines }) => (lines / 1000).toFixed(1))],
    ['began late, ms', ...rounds.map(({ startLateMs }) => startLateMs.toFixed(1))],
    ['clock, ± ms', ...rounds.map(({ clockBoundMs }) => clockBoundMs.toFixed(2))],
  );
}

async function capacity(): Promise<void> {
  say(
    'What is known by construction, and what a search of it found (bar: the interval holds it; half of a CPU carries about half)',
  );
  const rows = [];
  for await (const { name, truth, capacity, seconds } of searchKnown()) {
    const { confirmed, refuted, end, recovered, isAtLeast } = capacity;
    const holds =
      truth === null || confirmed === null || refuted === null ? '–' : confirmed <= truth && truth <= refuted;
    rows.push([name, truth, confirmed, isAtLeast, refuted, holds, end, recovered, seconds.toFixed(0)].map(String));
  }
  show(['', 'known', 'confirmed', 'at least', 'refuted', 'in between', 'ended', 'recovered', 's'], ...rows);
}

async function showEveryCase(): Promise<void> {
  say('Known defects of Socket.IO, on the installed versions (bar: each is what its file says)');
  const rows = [];
  for (const one of cases) {
    const outcome = await showCase(one, { program: process.execPath, args: [], env: process.env });
    const word = outcome.kind === 'notShown' ? 'not shown' : outcome.isReproduced ? 'reproduced' : 'not reproduced';
    const isAsSaid = outcome.kind === 'shown' && outcome.isReproduced === one.here.isReproduced;
    rows.push([
      one.id,
      one.title,
      isAsSaid ? word : `${word}, unlike its file says`,
      outcome.kind === 'shown' ? outcome.evidence : outcome.why,
    ]);
  }
  show(['case', 'title', 'outcome', 'evidence'], ...rows);
}

async function kills(): Promise<void> {
  say('Every child killed at every phase (bar: no orphan, exit 3 or as the run would have, every folder rebuilds)');
  const runs = await killEveryChild((line) => console.log(`  ${line}`));
  const bad = runs.filter(({ problem }) => problem !== undefined);
  console.log(`${runs.length} runs, ${bad.length} with something wrong.`);
  for (const { role, phase, problem } of bad) console.log(`  ${role} at ${phase}: ${problem}`);
  if (bad.length > 0) process.exitCode = 1;
}

async function engine(): Promise<void> {
  say('What load generators cost, each on a core of its own, all at the same rate (medians of rounds that took turns)');
  try {
    const result = await measureEngine(fullForm, (line) => console.log(`  ${line}`));
    show(...candidateRows(result));
    if (Object.keys(result.scaling).length > 0) show(...scalingRows(result));
    show(...ratioRows(result));
    if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(result, null, 2)}\n`);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

function say(title: string): void {
  console.log(`\n${title}`);
}

function show(head: string[], ...rows: string[][]): void {
  const colAligns = head.map((_, i) => (i === 0 ? 'left' : 'right') as 'left' | 'right');
  const table = new Table({ head, colAligns, style: { head: [], border: [] } });
  table.push(...rows);
  console.log(table.toString());
}

function whole(n: number): string {
  return n.toLocaleString('en-US');
}
