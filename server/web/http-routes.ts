import express, { type Express, type Request } from 'express';
import helmet from 'helmet';
import { isLoopbackAddress, refusalAtTheDoor } from '../access/allow-request.ts';
import type { ConnectionLimits } from '../access/connection-limits.ts';
import { hasToken } from '../access/token-check.ts';
import type { ChatOptions } from '../chat-options.ts';
import type { Refusals } from '../refusals.ts';
import type { FailureCounts } from '../vitals/failures.ts';
import { prometheusText, prometheusType } from '../vitals/prometheus-text.ts';
import type { NodeVitals } from '../vitals/vitals.ts';
import type { PageFile } from './page-files.ts';

/**
 * How the chat is: what counts since the start are the messages that came, the clients that were cut off for what they did
 * not read, what was refused, and what failed. Who was turned away at the handshake is in `connectionErrors` as FORBIDDEN,
 * too.
 */
export interface ChatVitals extends NodeVitals {
  readonly evicted: number;
  readonly messages: number;
  readonly refusals: Refusals;
  readonly failures: FailureCounts;
}

/** What the web routes show. */
export interface Shown {
  readonly page: ReadonlyMap<string, PageFile>;
  readonly refusals: Refusals;
  readonly vitals: () => ChatVitals;
  readonly isClosing: () => boolean;
  readonly limits: ConnectionLimits;
}

/** The plain HTTP side: the page, `GET /health`, `GET /vitals`, and the same for Prometheus, `GET /metrics`. */
export function createWeb(options: ChatOptions, shown: Shown): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(securityHeaders());

  app.use((request, response, next) => {
    const excess = shown.limits.excessConnection(request);
    if (excess === undefined) return next();
    shown.refusals[excess] += 1;
    response.set({ connection: 'close', 'retry-after': '5' }).status(503).type('text');
    response.send('This server has as many connections as it takes; try again later.\n');
  });

  app.use((request, response, next) => {
    // A page may be opened from anywhere by a link, so only the Host counts here, not the Origin.
    if (refusalAtTheDoor(request, options) !== 'host') return next();
    shown.refusals.host += 1;
    response.status(403).type('text').send('This server does not answer to that host name; set `host` or `origins`.\n');
  });

  app.get('/health', (_request, response) => {
    response.status(shown.isClosing() ? 503 : 200).json({ ok: !shown.isClosing() });
  });

  app.use(['/vitals', '/metrics'], (request, response, next) => {
    response.set('cache-control', 'no-store');
    if (mayReadVitals(request, options.vitalsToken)) return next();
    shown.refusals.vitals += 1;
    const error = `Read ${request.baseUrl} from this machine, not through a proxy, or bear the token.`;
    response.status(403).json({ error });
  });

  app.get('/vitals', (_request, response) => {
    response.json(shown.vitals());
  });

  app.get('/metrics', async (_request, response) => {
    response.set('content-type', prometheusType).send(await metricsText(shown.vitals()));
  });

  for (const [path, { type, body }] of shown.page) {
    app.get(path, async (_request, response) => {
      const made = await body().catch((error: Error) => error);
      if (made instanceof Error) return response.status(500).type('text').send(`${made.message}\n`);
      response.set('cache-control', 'no-cache').type(type).send(made);
    });
  }
  return app;
}

function metricsText(vitals: ChatVitals): Promise<string> {
  const { messages, evicted, refusals, failures } = vitals;
  const failed = Object.entries(failures).map(([what, reasons]) => [
    what,
    Object.values(reasons).reduce((sum, count) => sum + count, 0),
  ]);
  return prometheusText(vitals, {
    messages_total: { help: 'Messages taken', label: 'kind', counts: { chat: messages } },
    evicted_total: { help: 'Clients cut off for what they did not read', label: 'kind', counts: { client: evicted } },
    refusals_total: { help: 'What was refused', label: 'reason', counts: refusals },
    failures_total: { help: 'What failed', label: 'what', counts: Object.fromEntries(failed) },
  });
}

function securityHeaders() {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'"],
        // 'self' does not cover ws: in every browser. The Host has not been checked yet, but is when anything is sent.
        'connect-src': ["'self'", (request) => webSocketsOf(request.headers.host)],
        'base-uri': ["'none'"],
        'form-action': ["'none'"],
        'frame-ancestors': ["'none'"],
        'require-trusted-types-for': ["'script'"],
        'trusted-types': ["'none'"],
      },
    },
    // Plain HTTP on this machine; a proxy that adds TLS adds this too.
    strictTransportSecurity: false,
  });
}

function webSocketsOf(host: string | undefined): string {
  return host !== undefined && /^[\w.:[\]-]+$/.test(host) ? `ws://${host} wss://${host}` : "'self'";
}

/** Headers of proxies and of networks that deliver content. */
const signs: ReadonlySet<string> = new Set([
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'fastly-client-ip',
]);

/** A forwarding header means that a proxy on this machine is asking for somebody who may not be on it. */
function mayReadVitals(request: Request, token: string): boolean {
  if (hasToken(request, token)) return true;
  const isForwarded = Object.keys(request.headers).some((name) => name.startsWith('x-forwarded') || signs.has(name));
  return !isForwarded && isLoopbackAddress(request.socket.remoteAddress);
}
