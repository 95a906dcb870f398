import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import type { CookieJar } from 'tough-cookie';

/** What Node calls of an agent for each request; it declares no type for it. */
interface RequestTaker {
  addRequest(request: ClientRequest, ...rest: unknown[]): void;
}

/**
 * Has an agent send the cookies of a jar with every request, upgrades included, and keep those of every answer, as a browser
 * does. `url` is the target's: through a proxy, cookies still belong to the target.
 */
export function keepCookies(agent: Agent, jar: CookieJar, url: string): void {
  const taker = agent as unknown as RequestTaker;
  const addRequest = taker.addRequest.bind(agent);
  taker.addRequest = (request, ...rest) => {
    const at = new URL(request.path, url).href;
    const cookies = jar.getCookieStringSync(at);
    if (cookies && !request.headersSent) request.setHeader('Cookie', cookies);
    const keep = ({ headers }: IncomingMessage) => {
      for (const line of headers['set-cookie'] ?? []) jar.setCookieSync(line, at, { ignoreError: true });
    };
    request.once('response', keep).once('upgrade', keep);
    addRequest(request, ...rest);
  };
}
