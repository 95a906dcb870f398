import { ByteLink, type LinkOwner } from '../links/byte-link.ts';
import { HeadReader, HttpError } from '../links/http-head.ts';
import { keepCookies, requestHead, type Site } from '../links/site.ts';
import { BodyReader } from './body-reader.ts';

/** Who makes requests. */
export interface HttpLinkOwner {
  /** The whole answer came: its body's bytes, from `from` to `to`, are overwritten once this returns. */
  answered(link: HttpLink, status: number, bytes: Buffer, from: number, to: number): void;
  failed(link: HttpLink, error: Error): void;
}

const COMMON = 'Connection: keep-alive\r\nAccept: */*\r\n';
const TEXT = 'Content-type: text/plain;charset=UTF-8\r\n';

/** HTTP requests one after the other, on a connection that is kept open between them as long as the server keeps it. */
export class HttpLink implements LinkOwner {
  readonly #site: Site;
  readonly #owner: HttpLinkOwner;
  #link: ByteLink | undefined;
  #isWaiting = false;
  #heads = new HeadReader();
  #body: BodyReader | undefined;
  #status = 0;
  #isKept = true;

  constructor(site: Site, owner: HttpLinkOwner) {
    this.#site = site;
    this.#owner = owner;
  }

  /** Whether an answer is waited for. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** Makes a request with this query; with a body, it is a POST. */
  request(query: string, body?: string): void {
    this.#isWaiting = true;
    this.#link ??= new ByteLink(this.#site.address, this);
    if (body === undefined) return this.#link.write(requestHead(this.#site, 'GET', query, COMMON));
    const length = `Content-Length: ${Buffer.byteLength(body)}\r\n`;
    this.#link.write(requestHead(this.#site, 'POST', query, COMMON + TEXT + length) + body);
  }

  /** Ends it, once what was written has been sent; its owner is told nothing more. */
  end(patienceMs: number): void {
    this.#link?.release();
    this.#link?.end(patienceMs);
    this.#reset();
  }

  /** Cuts it; its owner is told nothing more. */
  abort(): void {
    this.#link?.abort();
    this.#reset();
  }

  received(bytes: Buffer, length: number): void {
    // Between requests a server has nothing to say.
    if (!this.#isWaiting) return this.abort();
    try {
      if (this.#body) this.#readBody(this.#body, bytes, 0, length);
      else this.#readHead(bytes, length);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      this.#fail(error);
    }
  }

  ended(error: Error | undefined): void {
    this.#link = undefined;
    if (!this.#isWaiting) return;
    if (!error && this.#body?.endsWithLink) {
      this.#body.finish();
      return this.#answer(this.#body);
    }
    this.#fail(error ?? new Error('socket hang up'));
  }

  #readHead(arrived: Buffer, length: number): void {
    const whole = this.#heads.read(arrived, length);
    if (whole === undefined) return;
    const { status, headers, cookies } = whole.head;
    keepCookies(this.#site, cookies);
    this.#status = status;
    this.#isKept = headers.get('connection')?.toLowerCase() !== 'close';
    this.#body = new BodyReader(status, headers);
    this.#readBody(this.#body, whole.bytes, whole.from, whole.to);
  }

  #readBody(body: BodyReader, bytes: Buffer, from: number, to: number): void {
    if (body.read(bytes, from, to)) this.#answer(body);
  }

  #answer({ bytes, from, to }: BodyReader): void {
    if (!this.#isKept) this.#link?.abort();
    if (!this.#isKept) this.#link = undefined;
    this.#isWaiting = false;
    this.#body = undefined;
    this.#owner.answered(this, this.#status, bytes, from, to);
  }

  #fail(error: Error): void {
    this.abort();
    this.#owner.failed(this, error);
  }

  #reset(): void {
    this.#link = undefined;
    this.#isWaiting = false;
    this.#heads = new HeadReader();
    this.#body = undefined;
  }
}
