import { numberOf } from '../../../../measure/run-record/read-metrics.ts';
import type { RunRecord } from '../../../../measure/run-record/run-record.ts';
import { count } from '../../../wording/quantities.ts';
import { columns, table } from '../../parts/data-table.ts';
import { el } from '../../parts/elements.ts';

/** Deliveries that came to nothing, of the measured interval, as examples; nothing where there are none. */
export function undeliveredTable(record: RunRecord): HTMLElement | undefined {
  const { undelivered } = record;
  if (undelivered.length === 0) return undefined;
  const rows = undelivered.map(({ at, outcome, cause, sender, recipient, room, seq }) => ({
    head: `${at.toFixed(2)} s`,
    cells: [
      el('bdi', outcome === 'lost' ? 'outcome fail' : '', String(outcome)),
      el('bdi', '', cause === undefined ? '' : String(cause)),
      sender === null ? 'server' : `probe ${sender}`,
      `probe ${recipient}`,
      el('bdi', '', String(room)),
      String(seq),
    ],
  }));
  const total = ['lost', 'missed', 'unknown'].reduce((sum, name) => sum + numberOf(record, `delivery.${name}`), 0);
  const all =
    undelivered.length < total ? `${count(undelivered.length)} of ${count(total)}, as examples` : 'all of them';
  return table({
    caption: `Undelivered: ${all}`,
    columns: [
      ...columns(['Due at', 'Outcome', 'Cause', 'Sender', 'Recipient', 'Room']),
      ...columns([], ['Sequence number']),
    ],
    rows,
    className: 'long',
  });
}
