import type { Handshake } from '../../chat-socket.ts';
import type { OutgoingPacket, TransportName } from './transport.ts';

/** The characters of Engine.IO's packet types. */
export const packetTypes = { ping: '2', pong: '3', message: '4', upgrade: '5' } as const;

/** A text or bytes, however they are held. */
export type OutgoingMessage = string | ArrayBufferView | ArrayBuffer;

export function packetOf(type: keyof typeof packetTypes, text = ''): OutgoingPacket {
  return { type: packetTypes[type], text };
}

export function messagePacket(message: OutgoingMessage): OutgoingPacket {
  if (typeof message === 'string') return packetOf('message', message);
  if (!ArrayBuffer.isView(message)) return new Uint8Array(message);
  return new Uint8Array(message.buffer, message.byteOffset, message.byteLength);
}

/** How many of the packets fit into one payload of a length, in bytes; at least one, and all where the length is not limited. */
export function countFitting(packets: readonly OutgoingPacket[], most: number | null): number {
  if (most === null) return packets.length;
  let length = 1;
  for (const [i, packet] of packets.entries()) {
    if (i > 0) length += 2;
    length += packet instanceof Uint8Array ? Math.ceil(packet.byteLength * 1.33) : Buffer.byteLength(packet.text);
    if (i > 0 && length > most) return i;
  }
  return packets.length;
}

/**
 * What a server says as it opens a session; undefined where it makes no sense. Of the transports to upgrade to, those that the
 * client has.
 */
export function readOpening(
  said: string,
  transports: readonly TransportName[],
): { readonly sid: string; readonly handshake: Handshake } | undefined {
  try {
    const { sid, upgrades, pingInterval, pingTimeout, maxPayload } = JSON.parse(said);
    const [pingIntervalMs, pingTimeoutMs] = [Number(pingInterval), Number(pingTimeout)];
    if (typeof sid !== 'string' || !Number.isFinite(pingIntervalMs + pingTimeoutMs)) return undefined;
    const handshake = {
      pingIntervalMs,
      pingTimeoutMs,
      maxPayloadBytes: typeof maxPayload === 'number' && maxPayload > 0 ? maxPayload : null,
      upgrades: transports.filter((name) => (upgrades as unknown[]).includes(name)),
    };
    return { sid, handshake };
  } catch {
    return undefined;
  }
}
