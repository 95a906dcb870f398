/** An answer that is no HTTP, or too long. */
export class HttpError extends Error {}

/** The first lines of an HTTP/1.1 answer. */
export interface HttpHead {
  readonly status: number;
  /** The last value of each header, by its name in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly cookies: readonly string[];
}

/** Longer heads are refused. */
const LONGEST_HEAD = 64 * 1024;

const SWITCHING = 101;
const START = Buffer.from('HTTP/1.');
const END = Buffer.from('\r\n\r\n');

/** A head, and where what arrived behind it stands: those bytes are overwritten once the read is over. */
export interface WholeHead {
  readonly head: HttpHead;
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
}

/** Reads the head of an answer, in however many pieces it arrives; interim answers before it are passed over. */
export class HeadReader {
  /** What is not whole. */
  #held: Buffer | undefined;

  /** Reads what arrived; undefined where more is to come. Throws an HttpError. */
  read(arrived: Buffer, length: number): WholeHead | undefined {
    const bytes = this.#held ? Buffer.concat([this.#held, arrived.subarray(0, length)]) : arrived;
    const to = this.#held ? bytes.length : length;
    let from = 0;
    this.#held = undefined;
    for (let end = headEnd(bytes, from, to); end >= 0; end = headEnd(bytes, from, to)) {
      const head = parseHead(bytes.toString('latin1', from, end));
      from = end;
      if (head.status >= 200 || head.status === SWITCHING) return { head, bytes, from, to };
    }
    if (to - from > LONGEST_HEAD) throw new HttpError('Parse Error: Header overflow');
    this.#held = Buffer.from(bytes.subarray(from, to));
    return undefined;
  }
}

/** Where the head in these bytes ends, behind its empty line; -1 where it is not whole yet. Throws an HttpError where this is no HTTP. */
function headEnd(bytes: Buffer, from: number, to: number): number {
  const length = Math.min(START.length, to - from);
  if (bytes.compare(START, 0, length, from, from + length) !== 0) throw new HttpError('Parse Error: Expected HTTP/');
  const at = bytes.indexOf(END, from);
  return at < 0 || at + END.length > to ? -1 : at + END.length;
}

/** Throws an HttpError where this is no HTTP. */
function parseHead(text: string): HttpHead {
  const [first = '', ...lines] = text.split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1];
  if (status === undefined) throw new HttpError('Parse Error: Expected HTTP/');
  const headers = new Map<string, string>();
  const cookies: string[] = [];
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers.set(name, value);
    if (name === 'set-cookie') cookies.push(value);
  }
  return { status: Number(status), headers, cookies };
}
