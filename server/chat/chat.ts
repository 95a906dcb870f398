import type { Server, Socket } from 'socket.io';
import type { ChatOptions } from '../chat-options.ts';
import type { Refusal, Refusals } from '../refusals.ts';
import type { Failures } from '../vitals/failures.ts';
import { type Payloads, payloads, type RefusalCode, type RefusedAck, refuse } from './payloads.ts';
import { Presence } from './presence.ts';
import { AddressBudgets, Budget, TokenBucket } from './rate-limit.ts';
import { type Barred, Rooms } from './rooms.ts';

/** What an ack says: `ok`, with what was asked for, or why not. */
export type Ack = ({ readonly ok: true } & Record<string, unknown>) | RefusedAck;

/** What the chat tells the server that it is part of. */
export interface ChatDuties {
  readonly failures: Failures;
  /** So many bytes were handed over to be sent, to all recipients together. */
  queued(bytes: number): void;
  /** A socket sends so many frames, whatever is in them, that it has to be cut off. */
  flooding(socket: Socket): void;
}

/**
 * The chat itself, in the two dialects it speaks to every socket.
 *
 *     plain   `chat message` text               → everyone connected, the sender included
 *     rooms   `join`, `leave`, `message`, …     → the members of a room, the sender included
 *             `presence`                        → who is in a room, for its members
 *
 * Everything sent is paid for out of two budgets, the socket's and the address's. Every payload is checked first, and
 * what is wrong is answered in its ack. Should a handler throw all the same, the client is told `INTERNAL`, the failure is
 * counted, and the process goes on.
 */
export class Chat {
  readonly rooms: Rooms;
  readonly #io: Server;
  readonly #refusals: Refusals;
  readonly #options: ChatOptions;
  readonly #checks: Payloads;
  readonly #presence: Presence;
  readonly #addresses: AddressBudgets;
  readonly #duties: ChatDuties;
  readonly #run = Date.now().toString(36);
  #messages = 0;

  /** What is refused is counted in `refusals`. */
  constructor(io: Server, options: ChatOptions, refusals: Refusals, duties: ChatDuties) {
    this.#io = io;
    this.#refusals = refusals;
    this.#duties = duties;
    this.#options = options;
    const { addressMessagesPerSecond: messages, addressBytesPerSecond: bytes } = options;
    this.#addresses = new AddressBudgets(() => new Budget({ messages, bytes }, largestMessage(options), 50));
    this.#checks = payloads(options.messageLength);
    const { maxRooms, maxMembers, historyLength, historyBytes } = options;
    this.rooms = new Rooms({ rooms: maxRooms, members: maxMembers, historyLength, historyBytes, lingerMs: 300_000 });
    const tell = (event: string) => (payload: { room: string }) => {
      duties.failures.attempt(event, () => io.to(channel(payload.room)).emit(event, payload));
    };
    const told = { joined: tell('joined'), left: tell('left'), crowd: tell('crowd') };
    this.#presence = new Presence((room) => this.rooms.get(room)?.members.size ?? 0, told);
  }

  /** Messages taken since the start. */
  messages(): number {
    return this.#messages;
  }

  /** Serves one socket until it disconnects. */
  welcome(socket: Socket): void {
    const seat: Seat = { socket, person: personOf(socket), joined: seats(socket) };
    if (this.#options.messagesPerSecond > 0) this.#limitRate(socket);
    this.#comeBack(seat);
    const { failures } = this.#duties;
    const on = (event: string, handle: (seat: Seat, payload: unknown) => Ack) => {
      socket.on(event, (...args: unknown[]) => {
        let answer: Ack = failed;
        failures.attempt(event, () => {
          answer = handle.call(this, seat, typeof args[0] === 'function' ? undefined : args[0]);
        });
        this.#answer(event, answer, args);
      });
    };
    on('chat message', this.#sayToEveryone);
    on('join', this.#join);
    on('leave', this.#leave);
    on('message', this.#say);
    on('typing', this.#type);
    on('presence', this.#present);
    on('rooms', this.#list);
    on('rtt', () => ({ ok: true }));
    socket.on('disconnect', () => {
      failures.attempt('disconnect', () => {
        for (const room of seat.joined.keys()) this.#exit(seat, room);
      });
    });
  }

  /** Forgets what nobody needs any more; to be called about once a second. */
  sweep(now: number): void {
    this.rooms.sweep(now);
    this.#addresses.sweep(now);
  }

  close(): void {
    this.#presence.close();
  }

  #answer(event: string, answer: Ack, args: readonly unknown[]): void {
    if (!answer.ok) this.#refusals[reasons[answer.error.code]] += 1;
    const ack = args.at(-1);
    if (typeof ack === 'function') this.#duties.failures.attempt(event, () => ack(answer));
  }

  /** Takes what a socket sends out of its budgets, events that nobody listens for included. */
  #limitRate(socket: Socket): void {
    const { messagesPerSecond: messages, bytesPerSecond: bytes } = this.#options;
    const largest = largestMessage(this.#options);
    const talk = new Budget({ messages, bytes }, largest);
    const ask = new Budget({ messages: messages * 2, bytes }, largest, 50);
    const { address } = socket.handshake;
    const ofAddress = this.#addresses.enter(address);
    // Frames are heard before the events in them are, in the same order.
    const unpaid: number[] = [];
    const frames = new TokenBucket(messages * 50, 1000);
    const weigh = ({ data }: { data?: unknown }) => {
      if (typeof data === 'string' && /^[25]/.test(data)) unpaid.push(data.length);
      else if (data instanceof Uint8Array) unpaid.push((unpaid.pop() ?? 0) + data.length);
      if (!frames.take(1, performance.now())) this.#duties.flooding(socket);
    };
    socket.conn.on('packet', weigh);
    socket.on('disconnect', () => {
      socket.conn.off('packet', weigh);
      this.#addresses.leave(address, performance.now());
    });
    socket.use(([event, ...args], next) => {
      const [size, now] = [unpaid.shift() ?? 0, performance.now()];
      if ((talks.has(event) ? talk : ask).take(size, now) && ofAddress.take(size, now)) return next();
      this.#answer('rate limit', tooFast, args);
    });
  }

  /** State recovery brings back a socket's rooms, but not the members' list; somebody may bear the name by now. */
  #comeBack(seat: Seat): void {
    for (const [room, name] of seat.joined) {
      if (typeof this.#enter(seat, room, name) !== 'string') continue;
      seat.joined.delete(room);
      keep(seat);
      seat.socket.leave(channel(room));
    }
  }

  #sayToEveryone(_seat: Seat, payload: unknown): Ack {
    const text = this.#checks.plain(payload);
    if (!text.ok) return text;
    this.#duties.queued(text.value.length * this.#io.engine.clientsCount);
    this.#io.emit('chat message', text.value);
    return { ok: true, id: this.#nextId() };
  }

  #join(seat: Seat, payload: unknown): Ack {
    const wish = this.#checks.join(payload);
    if (!wish.ok) return wish;
    const { room, name } = wish.value;
    const { roomsPerSocket } = this.#options;
    if (seat.joined.size >= roomsPerSocket && !seat.joined.has(room)) {
      return refuse('TOO_MANY_ROOMS', `Expected to be in at most ${roomsPerSocket} rooms at once; leave one first`);
    }
    const entered = this.#enter(seat, room, name);
    if (typeof entered === 'string') return barred(entered, room, name);
    seat.joined.set(room, name);
    keep(seat);
    seat.socket.join(channel(room));
    const { members, history, historyBytes } = entered.room;
    const shown = first(members.values(), membersShown);
    // Once is enough: who is in heard what was said since.
    const isNew = entered.former === undefined;
    this.#duties.queued(isNew ? historyBytes : 0);
    return { ok: true, members: shown, count: members.size, history: isNew ? history : [] };
  }

  #leave(seat: Seat, payload: unknown): Ack {
    const wish = this.#checks.leave(payload);
    if (!wish.ok) return wish;
    const { room } = wish.value;
    if (!seat.joined.has(room)) return notJoined(room);
    this.#exit(seat, room);
    seat.joined.delete(room);
    keep(seat);
    seat.socket.leave(channel(room));
    return { ok: true };
  }

  /** The hot path: one broadcast, and nothing of ours per recipient. */
  #say(seat: Seat, payload: unknown): Ack {
    const wish = this.#checks.message(payload);
    if (!wish.ok) return wish;
    const { room: name, text } = wish.value;
    const from = seat.joined.get(name);
    const room = this.rooms.get(name);
    if (from === undefined || room === undefined) return notJoined(name);
    const message = { id: this.#nextId(), room: name, from, text, at: Date.now() };
    this.rooms.remember(room, message);
    this.#duties.queued(text.length * room.members.size);
    this.#io.to(channel(name)).emit('message', message);
    return { ok: true, id: message.id };
  }

  #type(seat: Seat, payload: unknown): Ack {
    const wish = this.#checks.typing(payload);
    if (!wish.ok) return wish;
    const { room } = wish.value;
    const name = seat.joined.get(room);
    if (name === undefined) return notJoined(room);
    seat.socket.to(channel(room)).emit('typing', { room, name });
    return { ok: true };
  }

  /** Who is there, as far as the server has noticed: the end of a half-open link is noticed after the ping timeout. */
  #present(seat: Seat, payload: unknown): Ack {
    const wish = this.#checks.presence(payload);
    if (!wish.ok) return wish;
    const { room: name } = wish.value;
    const room = this.rooms.get(name);
    if (!seat.joined.has(name) || room === undefined) return notJoined(name);
    return { ok: true, members: this.rooms.names(room).slice(0, membersShown), count: room.members.size };
  }

  #list(): Ack {
    return { ok: true, rooms: this.rooms.list(roomsListed), connected: this.#io.engine.clientsCount };
  }

  #enter(seat: Seat, room: string, name: string) {
    const entered = this.rooms.enter(room, { socketId: seat.socket.id, name, person: seat.person });
    if (typeof entered === 'string') return entered;
    const { former } = entered;
    if (former === name) return entered;
    if (former !== undefined) this.#presence.note('left', room, former);
    this.#presence.note('joined', room, name);
    return entered;
  }

  #exit(seat: Seat, room: string): void {
    const name = this.rooms.exit(room, seat.socket.id, performance.now());
    if (name !== undefined) this.#presence.note('left', room, name);
  }

  #nextId(): string {
    this.#messages += 1;
    return `${this.#run}-${this.#messages}`;
  }
}

/** The most that a message takes on the wire, in bytes, names and frame included. */
export function largestMessage({ messageLength }: ChatOptions): number {
  return messageLength * 3 + 1000;
}

/** One socket's place in the chat: whose it is, and the rooms it joined with its name in each. */
interface Seat {
  readonly socket: Socket;
  readonly person: string;
  readonly joined: Map<string, string>;
}

/** Events that cost everybody something; the rest is asked more often than said. */
const talks: ReadonlySet<unknown> = new Set(['chat message', 'message']);

const membersShown = 200;
const roomsListed = 100;

const reasons: Record<RefusalCode, Refusal> = {
  INVALID: 'invalid',
  TOO_LONG: 'tooLong',
  NOT_JOINED: 'notJoined',
  RATE_LIMITED: 'rate',
  NAME_TAKEN: 'name',
  ROOM_FULL: 'members',
  TOO_MANY_ROOMS: 'rooms',
  INTERNAL: 'internal',
};

const failed = refuse('INTERNAL', 'The server failed to handle this request; it has logged why');

const tooFast = refuse('RATE_LIMITED', 'Expected fewer messages per second; wait a moment');

function notJoined(room: string): RefusedAck {
  return refuse('NOT_JOINED', `Expected to be in the room ${room}; join it first`);
}

function barred(why: Barred, room: string, name: string): RefusedAck {
  switch (why) {
    case 'nameTaken':
      return refuse('NAME_TAKEN', `Somebody called ${name} is in the room ${room} already; choose another name`);
    case 'roomFull':
      return refuse('ROOM_FULL', `The room ${room} is full; try again later`);
    case 'tooManyRooms':
      return refuse('TOO_MANY_ROOMS', 'The server has no space for another room; join one that there is');
  }
}

/** Whose socket it is: a key that a client keeps tells that it is the same person after a reconnect, or in another tab. */
function personOf({ id, handshake }: Socket): string {
  const { key } = handshake.auth as { key?: unknown };
  return typeof key === 'string' && key !== '' && key.length <= 100 ? `key ${key}` : `socket ${id}`;
}

function first<T>(values: Iterable<T>, most: number): T[] {
  const taken: T[] = [];
  for (const value of values) {
    if (taken.length === most) break;
    taken.push(value);
  }
  return taken;
}

/** The Socket.IO room of a chat room: apart from the rooms that Socket.IO names after each socket's id. */
function channel(room: string): string {
  return `room:${room}`;
}

/** What state recovery brings back of a socket's seat, by way of Redis where there are several nodes. */
interface SeatData {
  seats?: [room: string, name: string][];
}

function seats({ data }: Socket): Map<string, string> {
  return new Map((data as SeatData).seats);
}

function keep({ socket, joined }: Seat): void {
  (socket.data as SeatData).seats = [...joined];
}
