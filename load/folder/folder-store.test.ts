import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { plan } from '../../test/support/plan.ts';
import { FolderStore } from './folder-store.ts';

test('finds runs in nested folders, and reports folders that are not runs', () => {
  const root = folderWith({
    'one/run.json': '{}',
    'broadcast/1/plan.json': '{}',
    'broadcast/2/run.json': '{}',
    'all/report.html': '',
    'other/notes.txt': '',
    '.hidden/run.json': '{}',
    'report.html': '',
  });
  const store = FolderStore.in(root);
  expect(store.names()).toEqual(['all', 'broadcast/1', 'broadcast/2', 'one', 'other']);
  expect(store.stateOf('all')).toEqual({ state: 'unreadable', why: expect.stringContaining('several runs') });
  expect(store.stateOf('other')).toEqual({ state: 'unreadable', why: expect.stringContaining('has no plan.json') });
  expect(store.stateOf('../../..')).toEqual({
    state: 'unreadable',
    why: expect.stringContaining('There is no run named'),
  });
  expect(FolderStore.in(join(root, 'one')).names()).toEqual(['one']);
  expect(() => FolderStore.in(join(root, 'report.html'))).toThrow('There is no folder');
});

test('a run is running while its files change, finished once run.json exists, and cut short otherwise', () => {
  const root = folderWith({ 'run/plan.json': JSON.stringify(plan), 'run/probes-0-0.ndjson': '' });
  const store = FolderStore.in(root);
  const mine = FolderStore.of(new Map([['run', join(root, 'run')]]));
  expect(store.stateOf('run')).toEqual({ state: 'running', plan });
  for (const file of ['plan.json', 'probes-0-0.ndjson']) utimesSync(join(root, 'run', file), 1, 1);
  expect(store.stateOf('run')).toEqual({ state: 'unreadable', why: expect.stringContaining('cut short') });
  expect(mine.stateOf('run')).toEqual({ state: 'running', plan });
  writeFileSync(join(root, 'run', 'run.json'), '{');
  const run = store.stateOf('run');
  expect(run.state).toBe('finished');
  expect(() => 'record' in run && run.record()).toThrow('it is not JSON');
});

test('finds reports of sessions, by the ids of their runs, and lists only those that can be read', () => {
  const root = folderWith({
    '2026-all/session.json': '{"runs":["a","b"]}',
    '2026-all/report.html': '',
    'before/session.json': '{"runs":["c"]}',
    'before/1/run.json': '{}',
    'torn/session.json': '{"runs":["d"',
    'other/session.json': '{"runs":"../../etc"}',
    'empty/session.json': '{"runs":[]}',
    'one/run.json': '{}',
    'one/session.json': '{"runs":["e"]}',
    'directory/session.json/file': '',
  });
  execFileSync('mkfifo', [join(root, 'pipe')]);
  mkdirSync(join(root, 'link'));
  symlinkSync(join(root, 'pipe'), join(root, 'link', 'session.json'));
  const store = FolderStore.in(root);
  expect(store.sessions()).toEqual([
    { name: '2026-all', runs: ['a', 'b'] },
    { name: 'before', runs: ['c'] },
  ]);
  expect(store.names()).toEqual(['before/1', 'directory', 'empty', 'link', 'one', 'other', 'torn']);
  expect(FolderStore.in(join(root, 'before')).sessions()).toEqual([{ name: 'before', runs: ['c'] }]);
  expect(FolderStore.of(new Map()).sessions()).toEqual([]);
});

test('all states at once are those of each run', () => {
  const root = folderWith({ 'run/plan.json': JSON.stringify(plan), 'torn/plan.json': '{', 'other/x': '' });
  const store = FolderStore.in(root);
  expect(store.all()).toEqual(store.names().map((name) => ({ name, run: store.stateOf(name) })));
  writeFileSync(join(root, 'run', 'start.json'), '');
  utimesSync(join(root, 'run', 'start.json'), 1, 1);
  expect(store.all().find(({ name }) => name === 'run')!.seconds).toBeGreaterThan(1e9);
});

test('a run that has not started is pending', () => {
  expect(FolderStore.of(new Map([['run', '/nowhere']])).stateOf('run')).toEqual({ state: 'pending' });
});

function folderWith(contents: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'chatstorm-store-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}
