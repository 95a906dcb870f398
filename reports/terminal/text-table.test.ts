import { expect, test } from 'vitest';
import { plainTerminal } from './terminal.ts';
import { table } from './text-table.ts';

const head = ['', 'half\np50', 'half\np90', 'all\nlast', 'note'];
const rows = [
  ['reset', '1.5 s', '2.5 s', '3.5 s', 'links were reset at once'],
  ['kill', '–', '–', '–', 'none'],
];

test.each([
  [
    'as it is where there is room',
    80,
    `
          half   half    all
           p50    p90   last                      note
  reset  1.5 s  2.5 s  3.5 s  links were reset at once
  kill       –      –      –                      none`,
  ],
  [
    'with its texts wrapped',
    44,
    `
          half   half    all
           p50    p90   last           note
  reset  1.5 s  2.5 s  3.5 s     links were
                              reset at once
  kill       –      –      –           none`,
  ],
  [
    'in blocks that keep groups together',
    24,
    `
          half   half
           p50    p90
  reset  1.5 s  2.5 s
  kill       –      –
           all
          last
  reset  3.5 s
  kill       –
                  note
  reset     links were
         reset at once
  kill            none`,
  ],
  [
    'in blocks that divide a group at last',
    15,
    `
          half
           p50
  reset  1.5 s
  kill       –
          half
           p90
  reset  2.5 s
  kill       –
           all
          last
  reset  3.5 s
  kill       –
          note
  reset  links
          were
         reset
            at
          once
  kill    none`,
  ],
])('is laid out %s', (_, width, expected) => {
  expect(`\n${table(head, rows, { ...plainTerminal, width })}`).toBe(expected);
});

test('without a head, rows become paragraphs where columns do not fit', () => {
  const told = [['websocket-cut-idle', 'The connection ended: «transport close» (80 clients)']];
  expect(table([], told, { ...plainTerminal, width: 30 })).toBe(
    `  websocket-cut-idle  The
      connection ended:
      «transport close» (80
      clients)`,
  );
  expect(table([], [], plainTerminal)).toBe('');
});
