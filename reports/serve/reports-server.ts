import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type Response } from 'express';
import helmet from 'helmet';
import { inUrl, isOurHost } from '../../base/hosts.ts';
import { comparePage, type NamedRun } from './compare-page.ts';
import { Follower } from './follower.ts';
import { type Filter, indexPage } from './index-page.ts';
import { notePage, pagePolicy, runPath } from './page-shell.ts';
import { Digests, stateIn } from './run-digest.ts';
import type { RunStore } from './run-store.ts';
import { Viewer } from './viewer.ts';

export interface ReportsServer {
  /** Ends with a slash. */
  readonly url: string;
  /** The address of a run's page. */
  urlOf(name: string): string;
  /** Reads a run as it is written from now on, so that a page that is opened late has it at once. */
  follow(name: string): void;
  /** Ends once all who listen have heard how their runs ended, within a second. */
  close(): Promise<void>;
}

export interface ReportsOptions {
  readonly host?: string;
  /** 0 for any that is free. */
  readonly port?: number;
}

const MOST_VIEWERS = 100;
const FAREWELL_MS = 1000;

/** Serves runs: an index, the page of each, the comparison of two, and live pages of runs in progress. */
export async function serveReports(store: RunStore, options: ReportsOptions = {}): Promise<ReportsServer> {
  const { host = '127.0.0.1', port = 0 } = options;
  const live = new Live(store);
  const server = createServer(routes(store, live, host));
  server.listen(port, host);
  await once(server, 'listening');
  const { address, port: bound } = server.address() as AddressInfo;
  const url = `http://${inUrl(/^(0\.0\.0\.0|::)$/.test(address) ? '127.0.0.1' : address)}:${bound}/`;
  return {
    url,
    urlOf: (name) => new URL(runPath(name), url).href,
    follow: (name) => live.follow(name),
    async close() {
      const closed = once(server, 'close');
      server.close();
      await live.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The viewers of live pages, by run. */
class Live {
  readonly #store: RunStore;
  readonly #followers = new Map<string, Follower>();
  #viewers = 0;

  constructor(store: RunStore) {
    this.#store = store;
  }

  get isFull(): boolean {
    return this.#viewers >= MOST_VIEWERS;
  }

  async listen(name: string, response: Response): Promise<void> {
    this.#viewers++;
    await this.#followerOf(name, false).join(new Viewer(response));
    this.#viewers--;
  }

  follow(name: string): void {
    this.#followerOf(name, true);
  }

  #followerOf(name: string, stays: boolean): Follower {
    const known = this.#followers.get(name);
    if (known && !known.isStopped) return known;
    const follower = new Follower(this.#store, name, stays);
    this.#followers.set(name, follower);
    void follower.ended.then(() => this.#followers.get(name) === follower && this.#followers.delete(name));
    return follower;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#followers.values()].map((follower) => follower.close(FAREWELL_MS)));
  }
}

function routes(store: RunStore, live: Live, host: string): Express {
  const digests = new Digests(store);
  const app = express();
  app.disable('etag');
  app.set('query parser', 'simple');
  app.use(helmet({ contentSecurityPolicy: false, strictTransportSecurity: false, xFrameOptions: { action: 'deny' } }));
  app.use((request, response, next) => {
    response.set({ 'content-security-policy': pagePolicy, 'cache-control': 'no-store' });
    if (!isOurHost(request.headers.host, host, request.socket.localAddress))
      return say(
        response,
        403,
        'Forbidden',
        'This server answers only requests to this machine, or to the address given by --host.',
      );
    const { 'sec-fetch-site': from, 'sec-fetch-mode': mode } = request.headers;
    if (from === 'cross-site' && mode !== 'navigate')
      return say(response, 403, 'Forbidden', 'This server answers only requests from its own pages.');
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return say(response, 405, 'Method not allowed', 'Method not allowed: this server is read-only.');
    next();
  });

  app.get('/', (request, response) => {
    const wanted = (key: keyof Filter) => one(request.query[key]);
    const filter = { scenario: wanted('scenario'), target: wanted('target') };
    response.type('html').send(indexPage(digests.all(), filter));
  });

  app.get('/compare', (request, response) => {
    const { run } = request.query;
    const names = Array.isArray(run) ? run.map(String) : [];
    const [first, second] = names;
    if (names.length !== 2 || first === undefined || second === undefined)
      return say(response, 400, 'Comparison', 'Select two runs to compare.');
    response.type('html').send(comparePage(runOf(store, first), runOf(store, second)));
  });

  app.get('/runs/:name', async ({ params: { name } }, response) => {
    const run = stateOf(store, name);
    if (run.state === 'unreadable') return say(response, 404, 'No run', run.why);
    const { renderReport, renderLivePage } = await import('../render/render-report.ts');
    const page =
      run.state === 'finished'
        ? await renderReport([runOf(store, name).record])
        : await renderLivePage(`${runPath(name)}events`);
    response.set('content-security-policy', policyIn(page)).type('html').send(page);
  });

  app.get('/runs/:name/events', async (request, response) => {
    const { name } = request.params;
    // Told that there is nothing more, an EventSource asks no more.
    if (request.method === 'HEAD' || stateOf(store, name).state === 'unreadable') return response.status(204).end();
    if (live.isFull) return say(response, 503, 'Too many viewers', `Too many viewers (limit ${MOST_VIEWERS}).`);
    await live.listen(name, response);
  });

  app.use((_, response) => say(response, 404, 'Not found', 'There is no such page.'));
  app.use(((error, _request, response, _next) => {
    if (response.headersSent) return response.destroy();
    say(response, error.status ?? 500, 'Error', error instanceof Error ? error.message : 'An unknown error occurred.');
  }) as express.ErrorRequestHandler);
  return app;
}

/** Only names that the store itself tells are looked up: nothing that a request holds becomes a path. */
function stateOf(store: RunStore, name: string) {
  if (!store.names().includes(name)) return { state: 'unreadable', why: 'There is no run with this name.' } as const;
  return stateIn(store, name);
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

/** A report brings its own policy; nobody may frame it. */
function policyIn(report: string): string {
  const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]+)">/.exec(report)?.[1];
  return policy === undefined ? pagePolicy : `${policy}; frame-ancestors 'none'`;
}

function say(response: Response, status: number, title: string, sentence: string): void {
  response.status(status).type('html').send(notePage(title, sentence));
}

/** A query's value that was given once and is not empty. */
function one(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
