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
    className: 'by-fault ledger',
  });
}

function row({ fault, ledger }: Strike): Row {
  const { expected, delivered, recovered, missed, missedBy, lost, unknown, duplicate, reordered } = ledger;
  const sum = delivered + recovered + missed + lost + unknown;
  const causes = [missedBy.offline, missedBy.cut, missedBy.left, missedBy.silent];
  const balances = sum === expected && causes.reduce((total, n) => total + n, 0) === missed;
  const parts = [expected, delivered, recovered, missed].map(count);
  return {
    head: el('code', '', ...breakable(fault)),
    cells: [
      ...parts,
      ...causes.map((n) => el('span', 'cause', count(n))),
      alarming(lost),
      alarming(unknown),
      el('span', `outcome ${balances ? 'pass' : 'fail'}`, balances ? '✓ adds up' : `✗ comes to ${count(sum)}`),
      count(duplicate),
      count(reordered),
    ],
  };
}

function alarming(n: number): HTMLElement | string {
  return n === 0 ? '0' : el('span', 'outcome fail', count(n));
}
