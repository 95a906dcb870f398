import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { Progress } from '../../measure/fold/progress.ts';
import { LiveLine } from './live-line.ts';
import { unpainted } from './terminal.ts';

const progress: Progress = {
  scenario: 'broadcast',
  phase: 'measure',
  at: 30,
  of: 60,
  users: 100,
  messagesPerSecond: 80,
  deliveriesPerSecond: 960,
  p99Ms: 12,
  faults: [],
};

function onStream(columns: number, changes: boolean) {
  const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: changes, columns, rows: 24 });
  const width = {
    paint: unpainted,
    get width() {
      return stream.columns;
    },
  };
  const live = new LiveLine(stream as unknown as NodeJS.WriteStream, width, changes);
  const shown = () => stripVTControlCharacters(stream.read() ?? '').trim();
  return { stream, live, shown };
}

test('is drawn again when the terminal gets another width, until it is cleared', () => {
  const { stream, live, shown } = onStream(60, true);
  live.show(progress);
  expect(shown()).toBe('broadcast  ━━━━━━━━━━━━──────────── 30/60 s  p99 12.0 ms');
  stream.columns = 45;
  stream.emit('resize');
  expect(shown()).toBe('broadcast  ━━━━──── 30/60 s  p99 12.0 ms');
  live.clear();
  shown();
  stream.emit('resize');
  expect(shown()).toBe('');
});

test('a note is cut at the width, and not shown where it cannot be taken away', () => {
  const note = 'broadcast is starting its processes …';
  const [terminal, pipe] = [onStream(20, true), onStream(20, false)];
  terminal.live.note(note);
  pipe.live.note(note);
  expect(terminal.shown()).toBe('broadcast is startin');
  expect(pipe.shown()).toBe('');
});

test('where lines stay, there is one every ten seconds', () => {
  const { live, shown } = onStream(200, false);
  for (let at = 9; at < 25; at++) live.show({ ...progress, at });
  expect(shown().match(/\d+\/60 s/g)).toEqual(['10/60 s', '20/60 s']);
});
