/** Sends frames to a server by hand, over WebSocket or polling, and opens another connection whenever it is thrown out. */

import { Agent, request } from 'node:http';
import type { Duplex } from 'node:stream';
import { randomOf } from '../../base/random.ts';
import { type Frame, framesOf } from './frame-fuzzer.ts';

/** How many of the latest frames are kept, to tell which of them a server did not survive. */
const KEPT = 50;
const ANSWER_MS = 5000;

export type AttackTransport = 'websocket' | 'polling';

/** An attack under way. */
export class Attack {
  /** The latest frames, the last one last. */
  readonly latest: Frame[] = [];
  sent = 0;
  connections = 0;
  readonly #url: string;
  readonly #transport: AttackTransport;
  readonly #next: () => Frame;
  readonly #random: () => number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 2 });

  constructor(url: string, transport: AttackTransport, seed: string) {
    this.#url = `${url}/socket.io/?EIO=4&transport=${transport}`;
    this.#transport = transport;
    this.#next = framesOf(seed, transport);
    this.#random = randomOf(seed, transport, 'attack');
  }

  /** Sends so many frames, waiting for `pace` before each batch. Rejects with an Error where nobody answers any more. */
  async run(frames: number, pace: (batch: number) => Promise<void> = async () => {}): Promise<void> {
    try {
      while (this.sent < frames) {
        if (this.#transport === 'websocket') await this.#overWebSocket(frames, pace);
        else await this.#overPolling(frames, pace);
      }
    } finally {
      this.#agent.destroy();
    }
  }

  #take(): Frame {
    const frame = this.#next();
    this.latest.push(frame);
    if (this.latest.length > KEPT) this.latest.shift();
    this.sent += 1;
    return frame;
  }

  async #overWebSocket(frames: number, pace: (batch: number) => Promise<void>): Promise<void> {
    const socket = await this.#upgrade();
    let isOpen = true;
    const closed = new Promise<void>((resolve) => socket.once('close', resolve)).then(() => {
      isOpen = false;
    });
    socket.on('error', () => {});
    socket.resume();
    if (this.#random() < 0.9) socket.write(webSocketFrame('40', this.#random));
    while (isOpen && this.sent < frames) {
      await pace(1);
      const isTaken = socket.write(webSocketFrame(this.#take(), this.#random));
      if (!isTaken) await Promise.race([closed, new Promise((resolve) => socket.once('drain', resolve))]);
      // Lets the end of the connection be noticed.
      else if (this.sent % 4 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    socket.destroy();
    await closed;
  }

  async #overPolling(frames: number, pace: (batch: number) => Promise<void>): Promise<void> {
    const opened = await this.#ask('GET', '');
    const sid = /"sid":"([^"]+)"/.exec(opened.body)?.[1];
    if (sid === undefined) throw new Error(`Expected a session, got ${opened.status} ${opened.body.slice(0, 100)}`);
    this.connections += 1;
    if (this.#random() < 0.9) await this.#ask('POST', sid, '40');
    while (this.sent < frames) {
      const packets = 1 + Math.floor(this.#random() * 12);
      await pace(packets);
      const body = Array.from({ length: packets }, () => packetOf(this.#take())).join('\u001e');
      const { status } = await this.#ask('POST', sid, body);
      if (status !== 200) return;
      if (this.#random() < 0.3 && (await this.#ask('GET', sid)).status !== 200) return;
    }
  }

  #ask(method: string, sid: string, body?: string): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(ANSWER_MS);
      const sent = request(
        `${this.#url}${sid && `&sid=${sid}`}`,
        { method, agent: this.#agent, signal },
        async (response) => {
          const chunks = await response.toArray().catch(() => []);
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
        },
      );
      // A connection that is cut, or a poll that nothing comes for, ends a session as well as a refusal does.
      sent.on('error', (error: NodeJS.ErrnoException) =>
        error.code === 'ECONNREFUSED' ? reject(error) : resolve({ status: 0, body: '' }),
      );
      sent.end(body);
    });
  }

  #upgrade(): Promise<Duplex> {
    this.connections += 1;
    return new Promise((resolve, reject) => {
      const sent = request(this.#url, {
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        },
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      sent.on('upgrade', (_response, socket) => resolve(socket));
      sent.on('response', ({ statusCode }) => reject(new Error(`Expected an upgrade, got ${statusCode}`)));
      sent.on('error', reject);
      sent.end();
    });
  }
}

/** Over polling, binary goes in base 64. */
function packetOf(frame: Frame): string {
  return typeof frame === 'string' ? frame : `b${frame.toString('base64')}`;
}

/** A masked frame of a client, now and then one that the protocol forbids. */
function webSocketFrame(frame: Frame, random: () => number): Buffer {
  const body = Buffer.from(frame);
  const opcode = random() < 0.02 ? Math.floor(random() * 256) : typeof frame === 'string' ? 0x81 : 0x82;
  const long = body.length > 65_535 ? 10 : body.length > 125 ? 4 : 2;
  const head = Buffer.alloc(long + 4);
  head[0] = opcode;
  if (long === 2) head[1] = body.length;
  else if (long === 4) {
    head[1] = 126;
    head.writeUInt16BE(body.length, 2);
  } else {
    head[1] = 127;
    head.writeBigUInt64BE(BigInt(body.length), 2);
  }
  // Masked with zeros; and now and then not masked, which is forbidden.
  if (random() < 0.99) head[1]! |= 0x80;
  return Buffer.concat([head, body]);
}
