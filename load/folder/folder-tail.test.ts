import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sourceOf } from '../../measure/metrics/source.ts';
import { FolderTail } from './folder-tail.ts';

const line = (at: number) =>
  JSON.stringify({ at, source: sourceOf('probes'), note: 'prob€s', counters: {}, histograms: {}, gauges: {} });

test('reads whole lines only, however small the pieces are that it takes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chatstorm-tail-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'probes-0-0.ndjson');
  writeFileSync(file, `${line(0)}\nnonsense\n${line(1)}\n${line(2).slice(0, 20)}`);
  const tail = new FolderTail(folder, 7);
  const read = () => {
    const lines = tail.read();
    while (tail.isBehind) lines.push(...tail.read());
    return lines.map(({ at }) => at);
  };
  expect(read()).toEqual([0, 1]);
  appendFileSync(file, `${line(2).slice(20)}\n`);
  expect(read()).toEqual([2]);
});

test('waits for nothing that is no file, and keeps no line without end', () => {
  const folder = mkdtempSync(join(tmpdir(), 'chatstorm-tail-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  execFileSync('mkfifo', [join(folder, 'crowd-0-0.ndjson')]);
  symlinkSync('/dev/zero', join(folder, 'proxy-0-0.ndjson'));
  writeFileSync(join(folder, 'probes-0-0.ndjson'), `${line(0)}\n${'x'.repeat(20 << 20)}\n${line(1)}\n`);
  const tail = new FolderTail(folder);
  const lines = tail.read();
  while (tail.isBehind) lines.push(...tail.read());
  expect(lines.map(({ at }) => at)).toEqual([0, 1]);
});
