import { PacketType } from 'socket.io-parser';

/** A packet of Socket.IO, protocol 5, as it was received. An event's name and arguments are read only: other sockets may share them. */
export interface ReceivedPacket {
  readonly type: PacketType;
  readonly namespace: string;
  /** What it wants to be acknowledged by, or acknowledges. */
  readonly id: number | undefined;
  /** An event's name. */
  readonly event: string | undefined;
  /** An event's or an ack's arguments. */
  readonly args: readonly unknown[];
  /** What else it brings: of CONNECT the session's ids, of CONNECT_ERROR the reason. */
  readonly data: unknown;
  /** The last argument of an event where it is a text: what state recovery counts by. */
  readonly offset: string | undefined;
}

/** As a parser gives it: binary events and acks are events and acks by then, or not, depending on the parser. */
interface ParsedPacket {
  readonly type: PacketType;
  readonly nsp: string;
  readonly id?: number | null;
  readonly data?: unknown;
}

export function receivedPacket({ type, nsp, id, data }: ParsedPacket): ReceivedPacket {
  const plainType =
    type === PacketType.BINARY_EVENT ? PacketType.EVENT : type === PacketType.BINARY_ACK ? PacketType.ACK : type;
  const isEvent = plainType === PacketType.EVENT;
  const list: readonly unknown[] = Array.isArray(data) ? data : [];
  const last = list.at(-1);
  return {
    type: plainType,
    namespace: nsp,
    id: id ?? undefined,
    event: isEvent ? String(list[0]) : undefined,
    args: isEvent ? list.slice(1) : list,
    data,
    offset: isEvent && typeof last === 'string' ? last : undefined,
  };
}
