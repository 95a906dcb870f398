import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { prometheusMetrics, prometheusType } from './prometheus-metrics.ts';
import type { WatchedRun } from './watched-run.ts';

/** How long the last figures wait to be scraped: Prometheus' own default is a scrape a minute, in use it is 15 s. */
const LINGER_MS = 20_000;

/** Answers Prometheus at `/metrics` while runs go on. */
export class PrometheusEndpoint {
  readonly url: string;
  readonly #server: Server;
  #run: WatchedRun | undefined;
  #wasScraped = false;
  #scraped = Promise.withResolvers<void>();

  private constructor(server: Server) {
    const { address, port, family } = server.address() as AddressInfo;
    this.#server = server;
    this.url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}/metrics`;
    server.on('request', (request, response) => {
      if (request.url?.split('?', 1)[0] !== '/metrics') return void response.writeHead(404).end('Look at /metrics.\n');
      void prometheusMetrics(this.#run).then(
        (text) => {
          response.setHeader('Content-Type', prometheusType).end(text);
          this.#wasScraped = true;
          this.#scraped.resolve();
        },
        () => response.writeHead(500).end(),
      );
    });
  }

  /** Listens at `host:port`. Rejects where it cannot. */
  static async listen(host: string, port: number): Promise<PrometheusEndpoint> {
    const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject).listen(port, host, resolve);
    await promise;
    server.off('error', reject);
    return new PrometheusEndpoint(server);
  }

  show(run: WatchedRun): void {
    this.#run = run;
  }

  /** Ends it, once the last figures were scraped, if anybody scrapes; after 20 s at the latest. */
  async close(): Promise<void> {
    if (this.#wasScraped) {
      this.#scraped = Promise.withResolvers();
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, LINGER_MS);
      await Promise.race([this.#scraped.promise, late]);
      clearTimeout(timer);
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeIdleConnections();
    setTimeout(() => this.#server.closeAllConnections(), 1000).unref();
    await promise;
  }
}
