import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FolderTail } from './folder-tail.ts';

const line = (at: number) => JSON.stringify({ at, source: 'prob€s', counters: {}, histograms: {}, gauges: {} });

test('reads whole lines only, however small the pieces are that it takes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chatstorm-tail-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'probes.ndjson');
  writeFileSync(file, `${line(0)}\nnonsense\n${line(1)}\n${line(2).slice(0, 20)}`);
  const tail = new FolderTail(folder, 7);
  const read = () => {
    const lines = tail.look();
    while (tail.isBehind) lines.push(...tail.look());
    return lines.map(({ at, source }) => [at, source]);
  };
  expect(read()).toEqual([
    [0, 'prob€s'],
    [1, 'prob€s'],
  ]);
  appendFileSync(file, `${line(2).slice(20)}\n`);
  expect(read()).toEqual([[2, 'prob€s']]);
});
