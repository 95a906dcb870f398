/** Files of a worker, sent in parts and put together again. */

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { cleanUp, temporaryFolder } from '../../test/support/chatstorm.ts';
import { FileCollector } from './file-collector.ts';
import { type FilePart, FileSender } from './file-sender.ts';

afterAll(cleanUp);

const FILE = 'probes-2-0.ndjson';

function both() {
  const [from, to] = [temporaryFolder(), temporaryFolder()];
  return {
    from,
    to,
    sender: new FileSender(from),
    collector: new FileCollector(to),
    write: (text: string) => appendFileSync(join(from, FILE), text),
  };
}

test('whole lines are sent as they are written, and half a line once it is whole', () => {
  const { sender, write } = both();
  write('one\ntw');
  expect(sender.take(0)).toEqual([{ file: FILE, from: 0, text: 'one\n' }]);
  write('o\nthree\n');
  expect(sender.take(1)).toEqual([{ file: FILE, from: 4, text: 'two\nthree\n' }]);
  expect(sender.take(2)).toEqual([]);
  expect(sender.sizes()).toEqual({ [FILE]: 14 });
});

test('what is not confirmed in time is sent again, from where it was', () => {
  const { sender, write } = both();
  write('one\ntwo\n');
  sender.take(0);
  sender.confirm({ [FILE]: 4 }, 1000);
  expect(sender.take(3500)).toEqual([]);
  expect(sender.take(4500)).toEqual([{ file: FILE, from: 4, text: 'two\n' }]);
  expect(sender.isConfirmed).toBe(false);
  sender.confirm({ [FILE]: 8 }, 5000);
  expect(sender.isConfirmed).toBe(true);
});

test('whatever is lost, doubled or late on the way, the file comes out as it was written', () => {
  const part = fc.record({
    isLost: fc.boolean(),
    isTwice: fc.boolean(),
    isLate: fc.boolean(),
    text: fc.string({ unit: 'binary' }),
  });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
      const { from, to, sender, collector, write } = both();
      const late: FilePart[] = [];
      let now = 0;
      for (const { text, isLost, isTwice, isLate } of parts) {
        write(`${text.replaceAll('\n', ' ')}\n`);
        now += 2000;
        for (const one of sender.take(now)) {
          if (isLate) late.push(one);
          else if (!isLost) for (let n = 0; n < (isTwice ? 2 : 1); n++) collector.take(2, one);
        }
        sender.confirm(collector.have(), now);
      }
      for (const one of late) collector.take(2, one);
      while (!sender.isConfirmed) {
        now += 2000;
        sender.confirm(collector.have(), now);
        for (const one of sender.take(now)) collector.take(2, one);
      }
      if (parts.length > 0) expect(readFileSync(join(to, FILE))).toEqual(readFileSync(join(from, FILE)));
      expect(collector.isWhole(sender.sizes())).toBe(true);
    }),
    { seed: 17, numRuns: 100 },
  );
});

test('a collector goes on with what is there, to the byte', () => {
  const { to, sender, write } = both();
  write('eins\nzwei\n');
  writeFileSync(join(to, FILE), 'eins\nz');
  const collector = new FileCollector(to);
  expect(collector.have()).toEqual({ [FILE]: 6 });
  for (const part of sender.take(0)) collector.take(2, part);
  expect(readFileSync(join(to, FILE), 'utf8')).toBe('eins\nzwei\n');
});

test('nothing is written that is no file of the shard', () => {
  const { to, collector } = both();
  for (const file of ['../evil.ndjson', 'probes-1-0.ndjson', 'run.json', 'probes-2-0.ndjson.x'])
    collector.take(2, { file, from: 0, text: 'x\n' });
  expect(collector.have()).toEqual({});
  expect(() => readFileSync(join(to, '..', 'evil.ndjson'))).toThrow();
});
