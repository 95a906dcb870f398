import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { plan } from '../measure/test-plan.ts';
import { RunShelf } from './run-shelf.ts';

test('finds runs wherever they lie, and what is none', () => {
  const root = folderWith({
    'one/run.json': '{}',
    'broadcast/1/plan.json': '{}',
    'broadcast/2/run.json': '{}',
    'all/report.html': '',
    'other/notes.txt': '',
    '.hidden/run.json': '{}',
    'report.html': '',
  });
  const shelf = RunShelf.in(root);
  expect(shelf.names()).toEqual(['all', 'broadcast/1', 'broadcast/2', 'one', 'other']);
  expect(shelf.look('all')).toEqual({ state: 'noRun', why: expect.stringContaining('page of several runs') });
  expect(shelf.look('other')).toEqual({ state: 'noRun', why: expect.stringContaining('no plan.json') });
  expect(shelf.look('../..')).toEqual({ state: 'noRun', why: 'There is no ../...' });
  expect(RunShelf.in(join(root, 'one')).names()).toEqual(['one']);
  expect(() => RunShelf.in(join(root, 'report.html'))).toThrow('Expected a folder with runs in it');
});

test('a run goes on as long as it writes, is over with its record, and was cut short otherwise', () => {
  const root = folderWith({ 'run/plan.json': JSON.stringify(plan), 'run/probes.ndjson': '' });
  const shelf = RunShelf.in(root);
  const mine = RunShelf.of(new Map([['run', join(root, 'run')]]));
  expect(shelf.look('run')).toEqual({ state: 'goingOn', plan });
  for (const file of ['plan.json', 'probes.ndjson']) utimesSync(join(root, 'run', file), 1, 1);
  expect(shelf.look('run')).toEqual({ state: 'noRun', why: expect.stringContaining('cut short') });
  expect(mine.look('run')).toEqual({ state: 'goingOn', plan });
  writeFileSync(join(root, 'run', 'run.json'), '{');
  const look = shelf.look('run');
  expect(look.state).toBe('over');
  expect(() => 'record' in look && look.record()).toThrow('it is no JSON');
});

test('what is to be run is awaited', () => {
  expect(RunShelf.of(new Map([['run', '/nowhere']])).look('run')).toEqual({ state: 'awaited' });
});

function folderWith(contents: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'chatstorm-shelf-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}
