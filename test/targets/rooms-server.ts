import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Server, type Socket } from 'socket.io';
import type { Message, Mischief, Target, Truth } from './target.ts';

/** How the token of a measured message begins. Other messages are closing calls. */
const MEASURED = '0cs.p.';
/** Closing calls wait until whatever a target holds back is out: behind them everything is settled. */
const CLOSING_MS = 150;

/** The smallest chat that speaks the `rooms` dialect, on a port of its own; it keeps count of what it does. */
export class RoomsServer {
  readonly truth: Truth = {
    ...{ messages: 0, measured: 0, whole: 0, deliveries: 0, closingDeliveries: 0, present: 0, absent: 0 },
    ...{ acks: 0, refusals: 0, connections: 0, stallMs: 0, own: {}, delays: [] },
  };
  /** Whether the target does with closing calls as with measured messages. */
  spoilsClosingCalls = false;
  readonly #http = createServer();
  readonly #io = new Server(this.#http, { serveClient: false });
  readonly #rooms = new Map<string, Map<string, Socket>>();
  readonly #loop = monitorEventLoopDelay({ resolution: 1 });
  readonly #mischief: Mischief;

  constructor(target: Target) {
    this.#mischief = target(this);
    this.#io.on('connection', (socket) => this.#welcome(socket));
  }

  /** Starts to listen; gives its URL. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve));
    this.#loop.enable();
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** The rooms that somebody has joined. */
  get rooms(): string[] {
    return [...this.#rooms.keys()];
  }

  /** Who is in a room now. */
  membersOf(room: string): Socket[] {
    return [...(this.#rooms.get(room)?.values() ?? [])].filter(isThere);
  }

  deliver(recipient: Socket, text: string): void {
    if (!isThere(recipient)) return;
    this.truth.deliveries++;
    recipient.emit('message', { text });
  }

  broadcast({ recipients, text }: Message): void {
    for (const recipient of recipients) this.deliver(recipient, text);
  }

  /** Takes a message out of the account: to its sender it is as if it had been lost on the way. */
  disown({ recipients, absent }: Message): void {
    this.#enter(-1, recipients.length, absent);
    this.truth.measured--;
  }

  /** Counts what a target does, under a name of its own. */
  count(what: string, n = 1): void {
    const { own } = this.truth;
    own[what] = (own[what] ?? 0) + n;
  }

  /** What has been done until now. */
  tell(): Truth {
    this.truth.stallMs = this.#loop.max / 1e6;
    return this.truth;
  }

  #welcome(socket: Socket): void {
    this.truth.connections++;
    socket.on('join', ({ room, name }, confirm) => {
      const members = this.#rooms.get(room) ?? new Map<string, Socket>();
      this.#rooms.set(room, members.set(name, socket));
      confirm({ ok: true });
    });
    socket.on('message', ({ room, text }, answer) => this.#receive(socket, room, text, answer));
  }

  #receive(sender: Socket, room: string, text: string, answer: (answer: object) => void): void {
    if (!isThere(sender)) return;
    const { truth } = this;
    const recipients = this.membersOf(room);
    const absent = this.#rooms.get(room)!.size - recipients.length;
    this.#enter(1, recipients.length, absent);
    const acknowledge = () => {
      truth.acks++;
      answer({ ok: true });
    };
    const refuse = (error: string) => {
      truth.refusals++;
      answer({ ok: false, error });
    };
    const message: Message = { room, text, sender, recipients, absent, acknowledge, refuse };
    if (!text.includes(MEASURED)) return void setTimeout(() => this.#close(message), CLOSING_MS);
    if (truth.measured++ === 0) this.#loop.reset();
    this.#mischief(message);
  }

  #enter(n: 1 | -1, present: number, absent: number): void {
    const { truth } = this;
    truth.messages += n;
    truth.present += n * present;
    truth.absent += n * absent;
    if (absent === 0) truth.whole += n;
  }

  #close(message: Message): void {
    const before = this.truth.deliveries;
    if (this.spoilsClosingCalls) this.#mischief(message);
    else {
      this.broadcast(message);
      message.acknowledge();
    }
    this.truth.closingDeliveries += this.truth.deliveries - before;
  }
}

/** A connection that the server has begun to close takes nothing more, and nothing is taken from it. */
function isThere(socket: Socket): boolean {
  return socket.connected && socket.conn.readyState === 'open';
}
