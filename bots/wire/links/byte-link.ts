import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { TlsOptions } from '../../http-exchange.ts';

/** Where a link goes to, and from which address of this machine. */
export interface LinkAddress {
  readonly host: string;
  readonly port: number;
  /** Undefined for a link that is not encrypted. */
  readonly tls: TlsOptions | undefined;
  readonly localAddress: string | undefined;
}

/** Who uses a link. */
export interface LinkOwner {
  /** The first `length` of these bytes arrived; they are overwritten once this returns. */
  received(bytes: Buffer, length: number): void;
  /** The link is gone, by an error or because the other side ended it. Called once, and not after {@link ByteLink.abort}. */
  ended(error: Error | undefined): void;
}

/** What all links read into: a read is over before the next one begins, whichever link it is on. */
const shared = Buffer.allocUnsafeSlow(64 * 1024);

/** A TCP or TLS connection that reads into a buffer shared by all of them: it holds no memory for what arrives. */
export class ByteLink {
  readonly #socket: Socket;
  #owner: LinkOwner | undefined;
  #error: Error | undefined;
  #patience: NodeJS.Timeout | undefined;

  constructor({ host, port, tls, localAddress }: LinkAddress, owner: LinkOwner) {
    this.#owner = owner;
    const callback = (length: number, bytes: Uint8Array) => {
      this.#owner?.received(bytes as Buffer, length);
      return true;
    };
    const options = { host, port, noDelay: true, ...(localAddress && { localAddress }) };
    const onread = { buffer: shared, callback };
    // TLS knows `onread` as well; its types do not.
    this.#socket = tls
      ? connectTls({ ...options, ...tls, ...(isIP(host) === 0 && { servername: host }), onread } as object)
      : connectTcp({ ...options, onread });
    this.#socket.on('error', (error) => {
      this.#error ??= error;
    });
    this.#socket.on('close', () => this.#closed());
  }

  /** Sends bytes; those written before the link is open follow then. */
  write(bytes: Uint8Array | string): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  /** Whether everything written has been handed to the system: until then, the link still holds the bytes it was given. */
  get isFlushed(): boolean {
    return this.#socket.writableLength === 0;
  }

  /** Sends what was written and ends the link; cuts it where the other side has not ended it after `patienceMs`. */
  end(patienceMs: number): void {
    this.#socket.end();
    this.#patience ??= setTimeout(() => this.#socket.destroy(), patienceMs).unref();
  }

  /** Cuts the link; its owner is told nothing more. */
  abort(): void {
    this.#owner = undefined;
    this.#socket.destroy();
  }

  /** Has the owner told nothing more. */
  release(): void {
    this.#owner = undefined;
  }

  #closed(): void {
    clearTimeout(this.#patience);
    const owner = this.#owner;
    this.#owner = undefined;
    owner?.ended(this.#error);
  }
}
