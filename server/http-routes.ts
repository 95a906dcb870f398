import express, { type Express, type Request } from 'express';
import helmet from 'helmet';
import { isLoopbackAddress, refusalAtTheDoor } from './allow-request.ts';
import type { ChatOptions } from './chat-options.ts';
import type { PageFile } from './page-files.ts';
import type { Refusals } from './refusals.ts';
import { hasToken } from './token-check.ts';
import type { Vitals } from './vitals.ts';

/**
 * How the chat is: what it refused and the messages that came count since the start. Who was turned away for the Origin or
 * the Host, or while closing, is in `connectionErrors` as FORBIDDEN, too.
 */
export interface ChatVitals extends Vitals {
  readonly messages: number;
  readonly refusals: Refusals;
}

/** What the web routes show. */
export interface Shown {
  readonly page: ReadonlyMap<string, PageFile>;
  readonly refusals: Refusals;
  readonly vitals: () => ChatVitals;
  readonly isClosing: () => boolean;
}

/** The plain HTTP side: the page, `GET /health`, `GET /vitals`. */
export function createWeb(options: ChatOptions, shown: Shown): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(securityHeaders());

  app.use((request, response, next) => {
    // A page may be opened from anywhere by a link, so only the Host counts here, not the Origin.
    if (refusalAtTheDoor(request, options) !== 'host') return next();
    shown.refusals.host += 1;
    response.status(403).type('text').send('This server does not answer to that host name; set `host` or `origins`.\n');
  });

  app.get('/health', (_request, response) => {
    response.status(shown.isClosing() ? 503 : 200).json({ ok: !shown.isClosing() });
  });

  app.get('/vitals', (request, response) => {
    response.set('cache-control', 'no-store');
    if (mayReadVitals(request, options.vitalsToken)) return response.json(shown.vitals());
    shown.refusals.vitals += 1;
    return response
      .status(403)
      .json({ error: 'Read /vitals from this machine, not through a proxy, or bear the token.' });
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

/** A forwarding header means that a proxy on this machine is asking for somebody who may not be on it. */
function mayReadVitals(request: Request, token: string): boolean {
  if (hasToken(request, token)) return true;
  const isForwarded = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some((name) => name in request.headers);
  return !isForwarded && isLoopbackAddress(request.socket.remoteAddress);
}
