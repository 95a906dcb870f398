import type { ReceivedPacket } from './packet.ts';

/** A power of two. */
const SLOTS = 1024;
/** What is longer is not kept. */
const LONGEST = 32 * 1024;
/** How many bytes of a message choose its slot. */
const SAMPLES = 32;

/**
 * The latest messages by their bytes: what a server broadcasts arrives once for every socket in the room, and is parsed for
 * the first of them only. At most 1024 messages of 32 kB are kept.
 */
export class PacketCache {
  readonly #bytes: (Buffer | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #lengths = new Int32Array(SLOTS);
  readonly #packets: (ReceivedPacket | undefined)[] = new Array(SLOTS).fill(undefined);

  /** The packet that these bytes are, where they were added; it allocates nothing. */
  find(bytes: Buffer, from: number, to: number): ReceivedPacket | undefined {
    const length = to - from;
    const slot = slotOf(bytes, from, to);
    if (this.#lengths[slot] !== length) return undefined;
    const kept = this.#bytes[slot];
    return kept !== undefined && kept.compare(bytes, from, to, 0, length) === 0 ? this.#packets[slot] : undefined;
  }

  add(bytes: Buffer, from: number, to: number, packet: ReceivedPacket): void {
    const length = to - from;
    if (length > LONGEST) return;
    const slot = slotOf(bytes, from, to);
    let kept = this.#bytes[slot];
    if (kept === undefined || kept.length < length) {
      kept = Buffer.allocUnsafeSlow(Math.min(LONGEST, 2 * length));
      this.#bytes[slot] = kept;
    }
    bytes.copy(kept, 0, from, to);
    this.#lengths[slot] = length;
    this.#packets[slot] = packet;
  }
}

function slotOf(bytes: Buffer, from: number, to: number): number {
  const length = to - from;
  const step = Math.max(1, Math.floor(length / SAMPLES));
  let sum = length;
  for (let at = from; at < to; at += step) sum = (Math.imul(sum, 31) + bytes[at]!) | 0;
  return (sum ^ (sum >>> 15)) & (SLOTS - 1);
}
