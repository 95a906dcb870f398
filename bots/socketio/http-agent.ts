import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { Endpoint } from '../endpoint.ts';
import { tlsOf } from '../http-exchange.ts';
import { keepCookies } from '../identity/cookie-agent.ts';
import type { Identity } from '../identity/user-identity.ts';
import type { SharedOptions } from './client-options.ts';

type Tls = Pick<SharedOptions, 'ca' | 'rejectUnauthorized'>;

/**
 * What keeps a client's polling connections open between requests, and its cookies where it has a jar, as browsers do; to be
 * destroyed with the client.
 */
export function agentOf({ url, via }: Endpoint, tls: Tls, { jar }: Identity, localAddress?: string): Agent {
  const options = { keepAlive: true, ...tlsOf(tls), ...(localAddress && { localAddress }) };
  const agent = new URL(via ?? url).protocol === 'https:' ? new TlsAgent(options) : new Agent(options);
  // Told that a connection was kept, the client's XMLHttpRequest (xmlhttprequest-ssl 2.1.2) restarts its request when
  // that connection is reset, but never sends it: the client would believe in its link until the server's pings are missed.
  agent.reuseSocket = (socket, request) => {
    Agent.prototype.reuseSocket.call(agent, socket, request);
    request.reusedSocket = false;
  };
  if (jar) keepCookies(agent, jar, url);
  return agent;
}
