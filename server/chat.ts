import type { Server, Socket } from 'socket.io';
import type { ChatOptions } from './chat-options.ts';
import { type Payloads, payloads, type RefusalCode, type RefusedAck, refuse } from './payloads.ts';
import { Presence } from './presence.ts';
import { type Allowance, allowance } from './rate-limit.ts';
import { noRefusals, type Refusal, type Refusals } from './refusals.ts';
import { Rooms } from './rooms.ts';

/** What an ack says: `ok`, with what was asked for, or why not. */
export type Ack = ({ readonly ok: true } & Record<string, unknown>) | RefusedAck;

/**
 * The chat itself, in the two dialects it speaks to every socket.
 *
 *     plain   `chat message` text               → everyone connected, the sender included
 *     rooms   `join`, `leave`, `message`, …     → the members of a room, the sender included
 *             `presence`                        → who is in a room, for its members
 *
 * Every payload is checked first, and what is wrong is answered in its ack. Should a handler throw all the same, the
 * client is told `INTERNAL`, the failure is reported, and the process goes on.
 */
export class Chat {
  readonly rooms: Rooms;
  readonly refusals: Refusals = noRefusals();
  readonly #io: Server;
  readonly #options: ChatOptions;
  readonly #checks: Payloads;
  readonly #presence: Presence;
  readonly #run = Date.now().toString(36);
  readonly #report: (event: string, error: unknown) => void;
  #messages = 0;

  /** `report` is called with the event whose handler threw, and what it threw. */
  constructor(io: Server, options: ChatOptions, report: (event: string, error: unknown) => void) {
    this.#io = io;
    this.#report = report;
    this.#options = options;
    this.#checks = payloads(options.messageLength);
    this.rooms = new Rooms({ historyLength: options.historyLength, lingerMs: 300_000, emptyRooms: 1000 });
    this.#presence = new Presence((room) => this.rooms.get(room)?.members.size ?? 0, {
      joined: (payload) => io.to(channel(payload.room)).emit('joined', payload),
      left: (payload) => io.to(channel(payload.room)).emit('left', payload),
      crowd: (payload) => io.to(channel(payload.room)).emit('crowd', payload),
    });
  }

  /** Messages taken since the start. */
  messages(): number {
    return this.#messages;
  }

  /** Serves one socket until it disconnects. */
  welcome(socket: Socket): void {
    const rate = this.#options.messagesPerSecond;
    const seat: Seat = { socket, talk: allowance(rate), ask: allowance(rate && rate * 2, 50), joined: seats(socket) };
    // State recovery brings back the socket's rooms, but not the members' list.
    for (const [room, name] of seat.joined) this.#enter(seat, room, name);

    const on = (event: string, handle: (seat: Seat, payload: unknown) => Ack) => {
      socket.on(event, (...args: unknown[]) => {
        const answer = this.#answer(event, () =>
          handle.call(this, seat, typeof args[0] === 'function' ? undefined : args[0]),
        );
        if (!answer.ok) this.refusals[reasons[answer.error.code]] += 1;
        const ack = args.at(-1);
        if (typeof ack === 'function') ack(answer);
      });
    };
    on('chat message', this.#sayToEveryone);
    on('join', this.#join);
    on('leave', this.#leave);
    on('message', this.#say);
    on('typing', this.#type);
    on('presence', this.#present);
    on('rooms', this.#list);
    socket.on('rtt', (...args: unknown[]) => {
      const ack = args.at(-1);
      if (typeof ack === 'function') ack({ ok: true });
    });
    socket.on('disconnect', () => {
      for (const room of seat.joined.keys()) this.#exit(seat, room);
    });
  }

  close(): void {
    this.#presence.close();
  }

  /** What a handler answers; a failure of ours where it throws. */
  #answer(event: string, handle: () => Ack): Ack {
    try {
      return handle();
    } catch (error) {
      this.#report(event, error);
      return failed;
    }
  }

  #sayToEveryone(seat: Seat, payload: unknown): Ack {
    if (!seat.talk(performance.now())) return tooFast;
    const text = this.#checks.plain(payload);
    if (!text.ok) return text;
    this.#io.emit('chat message', text.value);
    return { ok: true, id: this.#nextId() };
  }

  #join(seat: Seat, payload: unknown): Ack {
    if (!seat.ask(performance.now())) return tooFast;
    const wish = this.#checks.join(payload);
    if (!wish.ok) return wish;
    const { room, name } = wish.value;
    if (seat.joined.size >= roomsPerSocket && !seat.joined.has(room)) {
      return refuse('TOO_MANY_ROOMS', `Expected to be in at most ${roomsPerSocket} rooms at once; leave one first`);
    }
    seat.joined.set(room, name);
    seat.socket.join(channel(room));
    const { members, history } = this.#enter(seat, room, name);
    return { ok: true, members: [...members.values()].slice(0, membersShown), count: members.size, history };
  }

  #leave(seat: Seat, payload: unknown): Ack {
    if (!seat.ask(performance.now())) return tooFast;
    const wish = this.#checks.leave(payload);
    if (!wish.ok) return wish;
    const { room } = wish.value;
    if (!seat.joined.has(room)) return notJoined(room);
    this.#exit(seat, room);
    seat.joined.delete(room);
    seat.socket.leave(channel(room));
    return { ok: true };
  }

  /** The hot path: one broadcast, and nothing of ours per recipient. */
  #say(seat: Seat, payload: unknown): Ack {
    if (!seat.talk(performance.now())) return tooFast;
    const wish = this.#checks.message(payload);
    if (!wish.ok) return wish;
    const { room: name, text } = wish.value;
    const from = seat.joined.get(name);
    const room = this.rooms.get(name);
    if (from === undefined || room === undefined) return notJoined(name);
    const message = { id: this.#nextId(), room: name, from, text, at: Date.now() };
    this.rooms.remember(room, message);
    this.#io.to(channel(name)).emit('message', message);
    return { ok: true, id: message.id };
  }

  #type(seat: Seat, payload: unknown): Ack {
    if (!seat.ask(performance.now())) return tooFast;
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
    if (!seat.ask(performance.now())) return tooFast;
    const wish = this.#checks.presence(payload);
    if (!wish.ok) return wish;
    const { room: name } = wish.value;
    const room = this.rooms.get(name);
    if (!seat.joined.has(name) || room === undefined) return notJoined(name);
    return { ok: true, members: this.rooms.names(room).slice(0, membersShown), count: room.members.size };
  }

  #list(seat: Seat): Ack {
    if (!seat.ask(performance.now())) return tooFast;
    return { ok: true, rooms: this.rooms.list(roomsListed), connected: this.#io.engine.clientsCount };
  }

  #enter(seat: Seat, room: string, name: string) {
    const { room: entered, former } = this.rooms.enter(room, seat.socket.id, name);
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

/** One socket's place in the chat: what it may still do this second, and the rooms it joined with its name in each. */
interface Seat {
  readonly socket: Socket;
  readonly talk: Allowance;
  readonly ask: Allowance;
  readonly joined: Map<string, string>;
}

const roomsPerSocket = 100;
const membersShown = 200;
const roomsListed = 100;

const reasons: Record<RefusalCode, Refusal> = {
  INVALID: 'invalid',
  TOO_LONG: 'tooLong',
  NOT_JOINED: 'notJoined',
  RATE_LIMITED: 'rate',
  TOO_MANY_ROOMS: 'rooms',
  INTERNAL: 'internal',
};

const failed = refuse('INTERNAL', 'The server failed to handle this request; it has logged why');

const tooFast = refuse('RATE_LIMITED', 'Expected fewer messages per second; wait a moment');

function notJoined(room: string): RefusedAck {
  return refuse('NOT_JOINED', `Expected to be in the room ${room}; join it first`);
}

/** The Socket.IO room of a chat room: apart from the rooms that Socket.IO names after each socket's id. */
function channel(room: string): string {
  return `room:${room}`;
}

/** Kept in the socket's data, which state recovery restores. */
function seats(socket: Socket): Map<string, string> {
  const data = socket.data as { seats?: Map<string, string> };
  data.seats ??= new Map();
  return data.seats;
}
