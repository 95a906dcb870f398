import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { FolderStore } from '../load/folder/folder-store.ts';
import type { EventLine } from '../measure/metrics/events.ts';
import { type SourceRole, sourceOf } from '../measure/metrics/source.ts';
import { OpenWindows, type Window } from '../measure/metrics/window.ts';
import type { RunPlan, RunRecord } from '../measure/run-record/run-record.ts';
import type { PageRecord } from '../reports/render/page-record.ts';
import { serveReports } from '../reports/serve/reports-server.ts';
import { cleanUp, load, temporaryFolder, until } from './support/chatstorm.ts';
import { foldRun } from './support/fold-run.ts';
import { everyoneJoined, plan as planned } from './support/plan.ts';

afterAll(cleanUp);

const hostile = '</script><img src=x onerror=alert(1)>\u202egnp\u2028"\'';

describe('the index', () => {
  test('has a row for each run, trends of like ones, and says what is no run', async () => {
    const folder = temporaryFolder();
    addRun(folder, 'first', { startedAt: '2026-01-31T12:00:00.000Z' }, 20);
    addRun(folder, 'second', { startedAt: '2026-01-31T13:00:00.000Z' }, 40, 3);
    addRun(join(folder, 'nested'), 'third', { scenario: { ...planned.scenario, name: 'other' } }, 5);
    mkdirSync(join(folder, 'holiday'));
    for (const [name, text] of [
      ['torn', '{"schemaVer'],
      ['foreign', '{"schemaVersion":99}'],
      ['list', '[]'],
    ] as const) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'run.json'), text);
    }
    mkdirSync(join(folder, 'directory', 'run.json'), { recursive: true });
    mkdirSync(join(folder, 'cut'));
    writeFileSync(join(folder, 'cut', 'plan.json'), '{}');
    symlinkSync('/nowhere', join(folder, 'dangling'));
    const { text } = await get(await serve(folder), '/');
    expect(text.match(/type="checkbox" name="base"/g)).toHaveLength(3);
    expect(text.indexOf('href="/runs/second/"')).toBeLessThan(text.indexOf('href="/runs/first/"'));
    expect(text).toContain('href="/runs/nested%2Fthird/"');
    expect(text).toContain('<span class="bad">3</span>');
    expect(text).toContain('2 runs · p99');
    for (const why of [
      'holiday</bdi>: It holds no run: it has no plan.json',
      'it is not JSON',
      'it is damaged, or written by another version',
      'directory</bdi>: Its run.json is not a file, or too large',
      'it has an unreadable plan.json',
    ])
      expect(text).toContain(why);
  });

  test('shows what was asked for', async () => {
    const folder = temporaryFolder();
    addRun(folder, 'mine', {});
    addRun(folder, 'other', { target: { ...planned.target, kind: 'external', origin: 'http://chat.invalid' } });
    const { text } = await get(await serve(folder), '/?scenario=broadcast&target=http%3A%2F%2Fchat.invalid');
    expect(text).not.toContain('/runs/mine/');
    expect(text).toContain('/runs/other/');
    expect(text).toContain('<option value="http://chat.invalid" selected>');
  });

  test('compares two', async () => {
    const folder = temporaryFolder();
    addRun(folder, 'later', { startedAt: '2026-01-31T13:00:00.000Z' }, 40);
    addRun(folder, 'earlier', { startedAt: '2026-01-31T12:00:00.000Z' }, 20);
    const url = await serve(folder);
    const { text } = await get(url, '/compare?run=later&run=earlier');
    expect(text).toMatch(/<h2>Base .*?href="\/runs\/earlier\/".*?<h2>New .*?href="\/runs\/later\/"/s);
    expect(text).toMatch(/broadcast\.latency\.p50<\/th><td [^>]*>20\.\d ms<\/td><td [^>]*>40\.\d ms/);
    const other = await get(url, '/compare?base=later&new=earlier');
    expect(other.text).toMatch(/broadcast\.latency\.p50<\/th><td [^>]*>40\.\d ms<\/td><td [^>]*>20\.\d ms/);
    expect((await get(url, '/compare?run=later')).status).toBe(400);
    expect((await get(url, '/compare?base=later')).status).toBe(400);
    expect((await get(url, '/compare?run=later&run=nowhere')).status).toBe(404);
  });
});

test('runs with more replicates than anybody draws are compared in time and memory', async () => {
  const folder = temporaryFolder();
  const replicates = Array.from({ length: 200_000 }, (_, i) => i + 1);
  for (const name of ['one', 'two']) {
    addRun(folder, name, {});
    const file = join(folder, name, 'run.json');
    const record: RunRecord = JSON.parse(readFileSync(file, 'utf8'));
    const intervals = { 'broadcast.latency.p99': { low: 1, high: 2, replicates } };
    writeFileSync(file, JSON.stringify({ ...record, intervals }));
  }
  expect((await get(await serve(folder), '/compare?run=one&run=two')).status).toBe(200);
});

describe('a report', () => {
  test('of a run knows the last sound run before it that is like it, and the way back', async () => {
    const folder = temporaryFolder();
    addRun(folder, 'newest', { id: 'newest', startedAt: '2026-01-31T16:00:00.000Z' });
    addRun(folder, 'torn', { id: 'torn', startedAt: '2026-01-31T15:00:00.000Z' });
    writeFileSync(join(folder, 'torn', 'run.json'), '{');
    const phases = { warmup: 0, measure: SECONDS + 1, drain: 1 };
    addRun(folder, 'longer', { id: 'longer', startedAt: '2026-01-31T14:00:00.000Z', phases });
    addRun(folder, 'like', { id: 'like', startedAt: '2026-01-31T13:00:00.000Z' });
    addRun(folder, 'older', { id: 'older', startedAt: '2026-01-31T12:00:00.000Z' });
    const url = await serve(folder);
    const { text } = await get(url, '/runs/newest/');
    expect(text).toContain('id="home">"/"<');
    expect(recordsIn(text).map(({ previous }) => previous?.id)).toEqual(['like']);
    expect(recordsIn((await get(url, '/runs/older/')).text)[0]!.previous).toBeNull();
  });

  test('of a session is made from the runs that it names and that are there, and of nothing else', async () => {
    const folder = temporaryFolder();
    addRun(folder, 'one', { id: 'one', startedAt: '2026-01-31T12:00:00.000Z' });
    addRun(folder, 'two', { id: 'two', startedAt: '2026-01-31T13:00:00.000Z' });
    addSession(folder, '2026-all', ['two', 'gone', 'one', '../../etc/passwd']);
    addSession(folder, 'lost', ['gone']);
    writeFileSync(join(folder, '2026-all', 'report.html'), '<script>alert(1)</script>');
    const url = await serve(folder);
    const { text } = await get(url, '/sessions/2026-all/');
    expect(recordsIn(text).map(({ id }) => id)).toEqual(['two', 'one']);
    expect(text).not.toContain('alert(1)');
    for (const path of ['/sessions/lost/', '/sessions/nowhere/', '/sessions/..%2F2026-all/', '/sessions/__proto__/'])
      expect((await get(url, path)).status, path).toBe(404);
    const list = (await get(url, '/')).text;
    expect(list.match(/href="\/sessions\/2026-all\/"/g)).toHaveLength(3);
    expect(list).not.toContain('/sessions/lost/');
  });
});

describe('a request that is not allowed', () => {
  test.each([
    ['evil.example', 403],
    ['127.0.0.1.evil.example', 403],
    ['localhost:1', 200],
  ])('a Host of %j gets %i', async (host, status) => {
    expect((await get(await serve(temporaryFolder()), '/', { host })).status).toBe(status);
  });

  test('another page may link to the server, and gets nothing from it', async () => {
    const url = await serve(temporaryFolder());
    const ask = (mode: string) => get(url, '/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': mode });
    expect([(await ask('navigate')).status, (await ask('no-cors')).status, (await ask('cors')).status]).toEqual([
      200, 403, 403,
    ]);
  });

  test('no path leads out of the folder', async () => {
    const folder = temporaryFolder();
    addRun(folder, 'inside/run', {});
    addRun(folder, 'outside', {});
    const url = await serve(join(folder, 'inside'));
    expect((await get(url, '/runs/run/')).status).toBe(200);
    for (const path of [
      '/runs/../outside/',
      '/runs/..%2Foutside/',
      '/runs/..%2foutside/events',
      '/runs/%2E%2E/',
      '/runs/run%2F..%2F..%2Foutside/',
      '/runs/__proto__/',
      '/runs/run%00/',
      '/../../../../etc/passwd',
    ]) {
      const { status, text } = await get(url, path);
      expect([204, 404], path).toContain(status);
      expect(text).not.toContain('id="records"');
    }
    expect((await get(url, '/runs/%E0%A4%A/')).status).toBe(400);
    expect((await get(url, '/', {}, 'POST')).status).toBe(405);
  });

  test('what runs bring along stays text, and nothing but what is ours may run', async () => {
    const folder = temporaryFolder();
    const name = hostile.replaceAll('/', '');
    addRun(folder, name, {
      scenario: { name: hostile, about: hostile, thresholds: [] },
      target: { ...planned.target, kind: 'external', origin: hostile },
    });
    mkdirSync(join(folder, `x${name}`));
    const url = await serve(folder);
    for (const path of ['/', `/?scenario=${encodeURIComponent(hostile)}`, `/runs/${encodeURIComponent(name)}/`]) {
      const { status, text, headers } = await get(url, path);
      expect(status).toBe(200);
      expect(text).not.toMatch(/<img|\u202e|\u2028/);
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).not.toContain('unsafe');
    }
    const { text, status } = await get(url, `/runs/${encodeURIComponent(`${hostile}!`)}/`);
    expect([status, text.includes('<img')]).toEqual([404, false]);
  });
});

describe('a run in progress', () => {
  test('is told from its beginning to its end to one who joins late', async () => {
    const run = load();
    await until(() => /^ {2}live {6}http/m.test(run.output));
    const url = new URL(/^ {2}live {6}(\S+)$/m.exec(run.output)![1]!);
    await run.second(2);
    const page = await get(url.origin, url.pathname);
    expect(page.text).toContain(`${url.pathname}events`);
    expect(page.headers['content-security-policy']).toContain("connect-src 'self'");
    expect((await get(url.origin, '/')).text).toContain('in progress');
    const events = await listen(url.origin, `${url.pathname}events`);
    await until(() => events.told.length > 0);
    const { timeline, verdict, state } = events.told[0]!.record;
    expect(timeline.seconds).toBeGreaterThanOrEqual(2);
    expect(timeline.counters['messages.sent']![2]).toBeGreaterThan(0);
    expect({ state, deaths: verdict.breaches.filter(({ gate }) => gate === 'death') }).toEqual({
      state: 'partial',
      deaths: [],
    });
    await events.ended;
    await run.ended;
    const last = events.told.at(-1)!;
    expect(events.told.map(({ event }) => event)).toEqual([...Array(events.told.length - 1).fill('message'), 'final']);
    expect(events.told.length).toBeGreaterThan(1);
    const { verdict: final, metrics, state: ended } = run.record();
    expect({ verdict: last.record.verdict, state: last.record.state }).toEqual({ verdict: final, state: ended });
    expect(last.record.metrics['delivery.delivered']).toEqual(metrics['delivery.delivered']);
    await expect(get(url.origin, '/')).rejects.toThrow('ECONNREFUSED');
  }, 60_000);

  test('a viewer that hangs costs no memory, and the others receive the end', async () => {
    const folder = join(temporaryFolder(), 'run');
    const store = FolderStore.of(new Map([['run', folder]]));
    const server = await serveReports(store);
    onTestFinished(() => server.close());
    const hung = connect(Number(new URL(server.url).port), '127.0.0.1');
    hung.pause();
    hung.write('GET /runs/run/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const events = await listen(server.url, '/runs/run/events');
    const { text } = await get(server.url, '/');
    expect(text).toContain('has not started');
    expect(text).toContain('<noscript><meta http-equiv="refresh"');
    mkdirSync(folder);
    const { plan, lines } = runOf({}, 20, 0);
    writeFileSync(join(folder, 'probes-0-0.ndjson'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
    await until(() => events.told.length > 1);
    writeFileSync(join(folder, 'run.json'), JSON.stringify(foldRun(plan, lines)));
    await server.close();
    await events.ended;
    expect(events.told.at(-1)!.event).toBe('final');
    hung.destroy();
  });

  test('ends where it was cut short', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'run'));
    writeFileSync(join(folder, 'run', 'plan.json'), JSON.stringify(planned));
    writeFileSync(
      join(folder, 'run', 'probes-0-0.ndjson'),
      `${JSON.stringify({ at: 0, source: sourceOf('probes'), counters: {}, histograms: { 'broadcast.latency': '?' }, gauges: {} })}\n`,
    );
    const events = await listen(await serve(folder), '/runs/run/events');
    await events.ended;
    expect(events.told).toEqual([]);
  });
});

async function serve(folder: string): Promise<string> {
  const server = await serveReports(FolderStore.in(folder));
  onTestFinished(() => server.close());
  return server.url;
}

/** As a program asks that writes its own paths and headers. */
async function get(url: string, path: string, headers: Record<string, string> = {}, method = 'GET') {
  const response = await ask(url, path, headers, method);
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return { status: response.statusCode, headers: response.headers, text };
}

function ask(url: string, path: string, headers: Record<string, string>, method: string): Promise<IncomingMessage> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers, method }, resolve).once('error', reject).end();
  });
}

/** What server-sent events tell until they end. */
async function listen(url: string, path: string) {
  const response = await ask(url, path, {}, 'GET');
  expect(response.headers['content-type']).toContain('text/event-stream');
  const told: { event: string; record: RunRecord }[] = [];
  let text = '';
  response.setEncoding('utf8').on('data', (chunk) => {
    const blocks = (text + chunk).split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (data) told.push({ event: /^event: (.*)$/m.exec(block)?.[1] ?? 'message', record: JSON.parse(data) });
    }
  });
  const ended = new Promise<void>((resolve) => {
    response.once('close', resolve).on('error', () => {});
  });
  return { told, ended };
}

function addSession(folder: string, name: string, runs: readonly string[]): void {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'session.json'), JSON.stringify({ runs }));
}

function recordsIn(report: string): PageRecord[] {
  const packed = /id="records">([^<]+)</.exec(report)![1]!;
  return JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString());
}

function addRun(folder: string, name: string, changes: Partial<RunPlan>, latencyMs = 20, lost = 0): void {
  const { plan, lines } = runOf(changes, latencyMs, lost);
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, 'run.json'), JSON.stringify(foldRun(plan, lines)));
}

const SECONDS = 40;
const MESSAGES = 30;

/** A run in which each message has two recipients. */
function runOf(changes: Partial<RunPlan>, latencyMs: number, lost: number) {
  const load = { ...planned.load, ratePerTalker: MESSAGES, offered: SECONDS * MESSAGES };
  const plan: RunPlan = { ...planned, load, phases: { warmup: 0, measure: SECONDS, drain: 1 }, ...changes };
  const windows = new OpenWindows(sourceOf('probes'));
  for (let second = 0; second < SECONDS; second++) {
    const at = second * 1000;
    const count = (name: string, n: number) => windows.add(windows.counter(name), at, n);
    for (const name of ['messages.scheduled', 'messages.sent', 'messages.ok']) count(name, MESSAGES);
    count('delivery.expected', 2 * MESSAGES);
    count('delivery.lost', second === 0 ? lost : 0);
    count('delivery.delivered', 2 * MESSAGES - (second === 0 ? lost : 0));
    for (let i = 0; i < 2 * MESSAGES; i++) windows.record(windows.histogram('broadcast.latency'), at, latencyMs);
  }
  const told = (role: SourceRole, kind: 'closed' | 'ended'): EventLine => ({
    at: SECONDS,
    source: sourceOf(role),
    event: { kind, at: SECONDS * 1000 },
  });
  const lines: (Window | EventLine)[] = [
    ...everyoneJoined(plan),
    ...windows.flush(),
    told('probes', 'closed'),
    told('conductor', 'ended'),
  ];
  return { plan, lines };
}
