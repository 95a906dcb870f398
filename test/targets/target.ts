import type { Socket } from 'socket.io';
import type { RoomsServer } from './rooms-server.ts';

/** A measured message at the server, before anything has been done with it. */
export interface Message {
  readonly room: string;
  readonly text: string;
  readonly sender: Socket;
  /** Who is in its room now, the sender included. */
  readonly recipients: readonly Socket[];
  /** How many had been in its room but are away. */
  readonly absent: number;
  acknowledge(): void;
  refuse(error: string): void;
}

/** What a target does with a measured message, in place of {@link RoomsServer.broadcast} and an acknowledgement. */
export type Mischief = (message: Message) => void;

/** A target: it gets the server it is to spoil, and says how. */
export type Target = (server: RoomsServer) => Mischief;

/** What a server did, by its own count. Closing calls are in all of these but `measured`. */
export interface Truth {
  /** Messages that came, and how many of them were measured ones. */
  messages: number;
  measured: number;
  /** Messages that came while nobody of their room was away. */
  whole: number;
  /** Copies of messages that were sent to somebody, whatever they said; and how many of them were of closing calls. */
  deliveries: number;
  closingDeliveries: number;
  /** Who was in the room of a message as it came, and who had been but was away; summed over all messages. */
  present: number;
  absent: number;
  acks: number;
  refusals: number;
  connections: number;
  /** The longest that the server's event loop stood still since the first measured message, ms. */
  stallMs: number;
  /** What the target counts besides, by its own names. */
  readonly own: Record<string, number>;
  /** By delivery: how long the target held it back, ms; of targets that do. */
  readonly delays: number[];
}
