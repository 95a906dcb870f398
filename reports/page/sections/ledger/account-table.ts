import { count } from '../../../wording/quantities.ts';
import type { Outage } from '../../../wording/score-column.ts';
import { columns, type Row, table } from '../../parts/data-table.ts';
import { breakable, el } from '../../parts/elements.ts';

/** What became of the pairs of a message and a recipient. */
export type Account = NonNullable<Outage['ledger']>;

/** The ledger of parts of a run, such as its faults or its rooms, a row each, and that it adds up. */
export function accountTable(
  caption: string,
  part: string,
  accounts: readonly { readonly name: string; readonly account: Account }[],
): HTMLElement {
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
    caption,
    columns: [...columns([part], numbers), ...columns(['Sum']), ...columns([], ['Duplicate', 'Reordered'])],
    rows: [
      ...accounts.map(({ name, account }) => row(name, account)),
      ...(accounts.length > 1 ? [{ ...row('all', sumOf(accounts)), className: 'sum' }] : []),
    ],
    className: 'by-fault',
  });
}

function sumOf(accounts: readonly { readonly account: Account }[]): Account {
  const total = (of: (account: Account) => number) => accounts.reduce((sum, { account }) => sum + of(account), 0);
  return {
    expected: total(({ expected }) => expected),
    delivered: total(({ delivered }) => delivered),
    recovered: total(({ recovered }) => recovered),
    missed: total(({ missed }) => missed),
    lost: total(({ lost }) => lost),
    unknown: total(({ unknown }) => unknown),
    duplicate: total(({ duplicate }) => duplicate),
    reordered: total(({ reordered }) => reordered),
    missedBy: {
      offline: total(({ missedBy }) => missedBy.offline),
      cut: total(({ missedBy }) => missedBy.cut),
      left: total(({ missedBy }) => missedBy.left),
      silent: total(({ missedBy }) => missedBy.silent),
    },
  };
}

function row(name: string, account: Account): Row {
  const { expected, delivered, recovered, missed, missedBy, lost, unknown, duplicate, reordered } = account;
  const causes = [missedBy.offline, missedBy.cut, missedBy.left, missedBy.silent];
  const byCause = causes.reduce((total, n) => total + n, 0);
  return {
    head: el('code', '', ...breakable(name)),
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
  return el('span', `outcome ${balances ? 'pass' : 'fail'}`, balances ? '✓ adds up' : `✗ sum is ${count(sum)}`);
}
