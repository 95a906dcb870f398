/** An Engine.IO packet that is to be sent: a type's character and its text, or bytes, which are always a message. */
export type OutgoingPacket = { readonly type: string; readonly text: string } | Uint8Array;

export type TransportName = 'polling' | 'websocket';

/** What carries the packets of a session. */
export interface Transport {
  readonly name: TransportName;
  readonly isOpen: boolean;
  /** Whether a packet can be sent now, rather than waiting behind others. */
  readonly isWritable: boolean;
  /** The transport is writable; the packets go out together. */
  send(packets: readonly OutgoingPacket[]): void;
  /** Says goodbye and ends; its owner is told nothing more. */
  close(): void;
}

/** Whose packets a transport carries. */
export interface TransportOwner {
  /** Packets can be sent and will arrive. */
  transportOpened(transport: Transport): void;
  /** A packet as text: its bytes, from `from` to `to`, are overwritten once this returns. Throws where it is no UTF-8. */
  transportText(transport: Transport, bytes: Buffer, from: number, to: number): void;
  /** A message as bytes; they are the receiver's. */
  transportBinary(transport: Transport, bytes: Buffer): void;
  /** What was sent is on its way: the transport is writable again. */
  transportDrained(transport: Transport): void;
  /** It is unusable from now on. */
  transportFailed(transport: Transport, error: TransportError): void;
  /** The other side ended it. */
  transportClosed(transport: Transport): void;
}

/** Why a transport failed, in the words of socket.io-client. */
export class TransportError extends Error {
  /** What failed, without the cause. */
  readonly what: string;
  /** Whether the target answered and said no. */
  readonly answered: boolean;

  constructor(what: string, cause: string, answered = false) {
    super(cause === '' ? what : `${what}: ${cause}`);
    this.what = what;
    this.answered = answered;
  }
}
