import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';

/** How a target's certificate is checked. */
export type TlsOptions = Pick<RequestOptions, 'ca' | 'rejectUnauthorized'>;

/** What of it is said at all, of options that hold more. */
export function tlsOf({ ca, rejectUnauthorized }: { ca?: unknown; rejectUnauthorized?: boolean }): TlsOptions {
  const own = { ...(ca !== undefined && { ca }), ...(rejectUnauthorized === false && { rejectUnauthorized }) };
  return own as TlsOptions;
}

export interface HttpRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly tls?: TlsOptions;
  readonly timeoutMs: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const LARGEST_ANSWER = 1_000_000;

/** One HTTP request on a connection of its own. Rejects with an Error where there is no whole answer in time. */
export function exchange(
  url: URL,
  { method = 'GET', headers, body = '', tls, timeoutMs }: HttpRequest,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const options = { method, headers: { ...headers }, ...tls, agent: false as const };
    const call = send(url, { ...options, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > LARGEST_ANSWER) response.destroy(new Error('the answer is too long'));
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    call.on('error', (error: Error) => {
      const isLate = error.name === 'AbortError' || error.name === 'TimeoutError';
      reject(isLate ? new Error(`no answer within ${timeoutMs / 1000} s`) : error);
    });
    call.end(body);
  });
}
