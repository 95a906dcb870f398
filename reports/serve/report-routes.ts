import express, { type Express, type RequestHandler, type Response } from 'express';
import helmet from 'helmet';
import { isOurHost } from '../../base/hosts.ts';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import type { RunState } from '../../measure/run-record/run-state.ts';
import { compareChoice } from './compare/compare-choice.ts';
import { byStart, comparePage, type NamedRun } from './compare/compare-page.ts';
import { Digests, previousTo } from './digests/digests.ts';
import { indexPage } from './list/index-page.ts';
import { listQuery } from './list/list-query.ts';
import { type LiveViewers, MOST_VIEWERS } from './live/live-viewers.ts';
import type { RunStore } from './run-store.ts';
import { localClock } from './shell/local-clock.ts';
import { type Body, notePage, page, runPath, strictPolicy } from './shell/page-shell.ts';

/** Reading records that nobody has asked for yet keeps others waiting no longer. */
const READING_MS = 1000;
const HOME = '/';

/** What the server answers; `host` is the one that it listens on. */
export function reportRoutes(store: RunStore, live: LiveViewers, host: string): Express {
  const digests = new Digests(store);
  const app = express();
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(helmet({ contentSecurityPolicy: false, strictTransportSecurity: false, xFrameOptions: { action: 'deny' } }));
  app.use(onlyOwn(host));

  app.get('/', async ({ query }, response) => {
    const content = { digests: digests.all(READING_MS), sessions: store.sessions() };
    await send(response, 200, indexPage({ ...content, query: listQuery(query), clock: localClock(Date.now()) }));
  });

  app.get('/compare', async ({ query }, response) => {
    const choice = compareChoice(query);
    if (choice.kind === 'none') return say(response, 400, 'Comparison', choice.why);
    const named = (names: readonly string[]) => names.map((name) => runOf(store, name));
    const [base, next] =
      choice.kind === 'sides'
        ? [named(choice.base), named(choice.next)]
        : byStart(named(choice.runs) as [NamedRun, NamedRun]).map((one) => [one]);
    await send(response, 200, comparePage(base!, next!, localClock(Date.now())));
  });

  app.get('/runs/:name', async ({ params: { name } }, response) => {
    const run = stateOf(store, name);
    if (run.state === 'unreadable') return say(response, 404, 'No run', run.why);
    const { renderLivePage } = await import('../render/render-report.ts');
    if (run.state === 'finished') await sendReport(response, [runOf(store, name)]);
    else
      sendRendered(
        response,
        await renderLivePage({ events: `${runPath(name)}events`, rebuild: store.rebuildOf(name), home: HOME }),
      );
  });

  app.get('/runs/:name/events', async (request, response) => {
    const { name } = request.params;
    // Told that there is nothing more, an EventSource asks no more.
    if (request.method === 'HEAD' || stateOf(store, name).state === 'unreadable') return response.status(204).end();
    if (live.isFull) return say(response, 503, 'Too many viewers', `Too many viewers (limit ${MOST_VIEWERS}).`);
    await live.listen(name, response);
  });

  app.get('/sessions/:name', async ({ params: { name } }, response) => {
    const session = store.sessions().find((one) => one.name === name);
    const all = digests.all();
    const runs =
      session?.runs.flatMap((id) => all.find((one) => one.state === 'finished' && one.id === id) ?? []) ?? [];
    if (runs.length === 0) return say(response, 404, 'No session', 'There is no session with this name and a run.');
    await sendReport(
      response,
      runs.map((run) => runOf(store, run.name)),
    );
  });

  app.use((_, response) => say(response, 404, 'Not found', 'There is no such page.'));
  app.use(((error, _request, response, _next) => {
    if (response.headersSent) return response.destroy();
    return say(
      response,
      error.status ?? 500,
      'Error',
      error instanceof Error ? error.message : 'An unknown error occurred.',
    );
  }) as express.ErrorRequestHandler);
  return app;

  /** A report is made from records, never taken from a folder: what lies there may be anybody's. */
  async function sendReport(response: Response, runs: readonly NamedRun[]): Promise<void> {
    const all = digests.all(READING_MS);
    const previous = runs.map(({ name }) => previousRecord(store, previousTo(name, all)?.name));
    const { renderReport } = await import('../render/render-report.ts');
    const records = runs.map(({ record }) => record);
    sendRendered(response, await renderReport(records, { home: HOME, previous }));
  }
}

/** Lets in what is meant for this machine, from its own pages, to read. */
function onlyOwn(host: string): RequestHandler {
  return (request, response, next) => {
    response.set({ 'content-security-policy': strictPolicy, 'cache-control': 'no-store' });
    const refuse = (sentence: string) => say(response, 403, 'Forbidden', sentence);
    if (!isOurHost(request.headers.host, host, request.socket.localAddress))
      return refuse('This server answers only requests to this machine, or to the address given by --host.');
    const { 'sec-fetch-site': from, 'sec-fetch-mode': mode } = request.headers;
    if (from === 'cross-site' && mode !== 'navigate')
      return refuse('This server answers only requests from its own pages.');
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return say(response, 405, 'Method not allowed', 'Method not allowed: this server is read-only.');
    next();
  };
}

/** Only names that the store itself tells are looked up: nothing that a request holds becomes a path. */
function stateOf(store: RunStore, name: string): RunState {
  if (!store.names().includes(name)) return { state: 'unreadable', why: 'There is no run with this name.' };
  return store.stateOf(name);
}

/** Throws an Error with a status where there is no such run, or it is damaged or not over. */
function runOf(store: RunStore, name: string): NamedRun {
  const run = stateOf(store, name);
  if (run.state !== 'finished')
    throw Object.assign(new Error(run.state === 'unreadable' ? run.why : `${name} is still in progress.`), {
      status: 404,
    });
  return { name, record: run.record() };
}

/** Undefined also for a run that went away or broke meanwhile. */
function previousRecord(store: RunStore, name: string | undefined): RunRecord | undefined {
  try {
    return name === undefined ? undefined : runOf(store, name).record;
  } catch {
    return undefined;
  }
}

async function send(response: Response, status: number, body: Body): Promise<void> {
  const { text, policy } = await page(body);
  response.status(status).set('content-security-policy', policy).type('html').send(text);
}

/** A report brings its own policy; nobody may frame it. */
function sendRendered(response: Response, report: string): void {
  const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]+)">/.exec(report)?.[1];
  response
    .set('content-security-policy', policy === undefined ? strictPolicy : `${policy}; frame-ancestors 'none'`)
    .type('html')
    .send(report);
}

async function say(response: Response, status: number, title: string, sentence: string): Promise<void> {
  await send(response, status, notePage(title, sentence));
}
