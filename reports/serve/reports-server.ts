import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inUrl } from '../../base/hosts.ts';
import { LiveViewers } from './live/live-viewers.ts';
import { reportRoutes } from './report-routes.ts';
import type { RunStore } from './run-store.ts';
import { runPath } from './shell/page-shell.ts';

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

/** Serves runs: an index, the page of each, comparisons, reports of sessions, and live pages of runs in progress. */
export async function serveReports(store: RunStore, options: ReportsOptions = {}): Promise<ReportsServer> {
  const { host = '127.0.0.1', port = 0 } = options;
  const live = new LiveViewers(store);
  const server = createServer(reportRoutes(store, live, host));
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
