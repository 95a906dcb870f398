import type { Strike } from '../outages.ts';
import { count } from '../sentences.ts';
import { breakable, el } from './dom.ts';
import { columns, type Row, table } from './table.ts';

/** What became of the messages that were due under each fault, at every recipient, and that it adds up. */
export function faultLedger(outages: readonly Strike[]): HTMLElement {
  const numbers = [
    'Expected',
    'Delivered',
    'Recovered',
    'Missed',
    'offline',
    'cut',
    'left',
    'silent',
    'Lost',
    'Unknown',
  ];
  return table({
    caption: 'Deliveries of the messages due under each fault',
    columns: [...columns(['Fault'], numbers), ...columns(['Sum']), ...columns([], ['Twice', 'Out of order'])],
    rows: outages.map(row),
    className: 'by-fault',
  });
}

function row({ fault, ledger }: Strike): Row {
  const { expected, delivered, recovered, missed, missedBy, lost, unknown, duplicate, reordered } = ledger;
  const causes = [missedBy.offline, missedBy.cut, missedBy.left, missedBy.silent];
  const byCause = causes.reduce((total, n) => total + n, 0);
  return {
    head: el('code', '', ...breakable(fault)),
    cells: [
      ...[expected, delivered, recovered, missed].map(count),
      ...causes.map((n) => el('span', 'cause', count(n))),
      lost === 0 ? '0' : el('span', 'outcome fail', count(lost)),
      count(unknown),
      balance(expected, delivered + recovered + byCause + lost + unknown),
      count(duplicate),
      count(reordered),
    ],
  };
}

/** Outcomes, and what was missed by its causes, are counted one by one, so their sum has to come out by itself. */
function balance(expected: number, sum: number): HTMLElement {
  const balances = sum === expected;
  return el('span', `outcome ${balances ? 'pass' : 'fail'}`, balances ? '✓ adds up' : `✗ comes to ${count(sum)}`);
}
