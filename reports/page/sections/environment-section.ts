import type { RunRecord } from '../../../measure/run-record/run-record.ts';
import type { PageRecord } from '../../render/page-record.ts';
import { bytes, count, ms } from '../../wording/quantities.ts';
import { shellCommand } from '../../wording/shell-command.ts';
import { copyButton } from '../parts/copy-button.ts';
import { columns, type Row, table } from '../parts/data-table.ts';
import { downloadButton } from '../parts/download.ts';
import { el, pairs, section } from '../parts/elements.ts';
import { scrolls } from '../parts/scroller.ts';

/** What it takes to run this again: where it ran, with what, on which seed. */
export function environmentSection(record: PageRecord): HTMLElement {
  const { id, startedAt, seed, target, environment, notes, scenario } = record;
  const { node, os, cpus, memoryBytes, versions } = environment;
  const facts = pairs('facts', [
    ['Run', el('code', '', id)],
    ['Started', startedAt],
    ['Seed', el('code', '', seed)],
    ['Target', el('code', '', target.origin)],
    ['Server', target.kind === 'embedded' ? "chatstorm's own" : 'external'],
    ['Dialect', target.dialect],
    ['Heartbeat', heartbeatWords(target.handshake)],
    ['Machine', `${cpus} CPUs, ${bytes(memoryBytes)} memory`],
    ['System', os],
    ['Node', node],
    ...Object.entries(versions).map(([name, version]) => [name, version] as const),
  ]);
  const resolved = scrolls(
    el('pre', '', el('code', '', visible(JSON.stringify(scenario, null, 2)))),
    'Resolved scenario',
  );
  return section(
    'environment',
    'Run and environment',
    '',
    ...(notes.length > 0 ? [el('h3', '', 'Notes'), el('ul', 'notes', ...notes.map((note) => el('li', '', note)))] : []),
    facts,
    shardTable(record),
    again(record),
    download(record),
    el('details', '', el('summary', '', 'Resolved scenario'), resolved),
  );
}

function again({ command: words }: RunRecord): HTMLElement {
  const text = visible(shellCommand(words));
  const command = scrolls(el('pre', 'command', el('code', '', text)), 'The command that repeats the run');
  return el(
    'div',
    '',
    el('h3', '', 'Again'),
    el(
      'div',
      'setting',
      command,
      copyButton('Copy the command', () => text),
    ),
  );
}

function download(record: PageRecord): HTMLElement {
  // What is the page's own is in no run.json.
  const { curves: _, isRunning: __, previous: ___, planned: ____, ...whole } = record;
  const json = () => new Blob([JSON.stringify(whole)], { type: 'application/json' });
  const note = el(
    'p',
    'note',
    "As this page has it: series to four digits, without the histograms; the run's folder has it whole.",
  );
  return el('div', 'download', downloadButton('Download run.json', '', 'run.json', json), note);
}

/** JSON in which marks that turn the writing direction are spelled out. */
function visible(json: string): string {
  return json.replace(
    /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function heartbeatWords(handshake: PageRecord['target']['handshake']): string {
  if (!handshake) return 'unknown';
  return `pingInterval ${ms(handshake.pingIntervalMs)}, pingTimeout ${ms(handshake.pingTimeoutMs)}`;
}

/** Who made which part of the load; nothing where one machine made it. */
function shardTable({ shards }: PageRecord): HTMLElement | undefined {
  if (shards.length === 0) return undefined;
  const known = (value: number | null) => (value === null ? '–' : ms(value));
  const rows = shards.map((shard): Row => {
    const { number, worker, host, clockBoundMs, startLateMs, deliveriesPerSecond, lagP99Ms } = shard;
    const cells = [
      worker,
      host,
      count(Math.round(deliveriesPerSecond)),
      known(lagP99Ms),
      known(clockBoundMs),
      known(startLateMs),
    ];
    return { head: String(number), cells };
  });
  const heads = [
    ...columns(['Shard', 'Worker', 'Host']),
    ...columns([], ['Deliveries/s', 'Lag p99', 'Clock ±', 'Started late']),
  ];
  return table({ caption: 'Shards of the load', columns: heads, rows });
}
