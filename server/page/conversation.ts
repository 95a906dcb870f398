import type { Socket } from 'socket.io-client';
import { Outbox, type Unsent } from './outbox.ts';
import { type Answer, type ChatMessage, everyone, type Joined, type Presence, type RoomList } from './protocol.ts';
import { addLine, type Line, messageLine, newRoom, noticeLine, type Room, unseen } from './room.ts';

/** What the chat tells the page that shows it. */
export interface ChatEvents {
  line(room: Room, line: Line): void;
  /** Joined, left, unread, members, typing: anything about a room but its lines. */
  room(room: Room): void;
  outbox(room: Room): void;
}

/** The conversation: which rooms we are in, what was said there, and what of ours is still to be sent. */
export class Chat {
  readonly rooms = new Map<string, Room>([[everyone, newRoom(everyone)]]);
  readonly outbox = new Outbox();
  name = '';
  current: string = everyone;
  readonly #socket: Socket;
  readonly #tell: ChatEvents;

  constructor(socket: Socket, tell: ChatEvents) {
    this.#socket = socket;
    this.#tell = tell;
    socket.on('connect', () => this.#connected());
    socket.on('disconnect', () => this.#disconnected());
    socket.on('evicted', () => {
      const room = this.rooms.get(this.current);
      if (room) this.#notice(room, 'The server ended this connection because this page did not keep up.');
    });
    socket.on('message', (message: ChatMessage) => this.#heard(message));
    socket.on('chat message', (text: unknown) => this.#heardPlain(String(text)));
    socket.on('typing', ({ room, name }: { room: string; name: string }) => this.#typing(room, name));
    socket.on('joined', (change: Presence) => this.#presence(change, 'joined'));
    socket.on('left', (change: Presence) => this.#presence(change, 'left'));
    socket.on('crowd', (change: Presence & { joined: number; left: number }) => {
      const counts = [change.joined && `${change.joined} people joined`, change.left && `${change.left} left`];
      this.#presence(change, counts.filter(Boolean).join(', '));
    });
  }

  /** Goes to a room, joining it if need be. */
  open(key: string): Room {
    const room = this.rooms.get(key) ?? newRoom(key);
    this.rooms.set(key, room);
    this.current = key;
    room.unread = 0;
    this.#enter(room);
    this.#tell.room(room);
    return room;
  }

  leave(key: string): void {
    if (key === everyone || !this.rooms.delete(key)) return;
    this.outbox.drop(key);
    if (this.#socket.connected) this.#socket.emit('leave', { room: key });
  }

  /** Takes a new name, in every room we are in. */
  rename(name: string): void {
    const former = this.name;
    this.name = name;
    for (const room of this.rooms.values()) {
      room.former = room.joined && former !== name ? former : '';
      room.joined = false;
      this.#enter(room);
    }
  }

  say(text: string): void {
    const room = this.rooms.get(this.current);
    if (!room) return;
    this.outbox.add(room.key, text);
    this.#tell.outbox(room);
    this.#send(room);
  }

  sayTyping(): void {
    const room = this.rooms.get(this.current);
    if (room?.joined && room.key !== everyone) this.#socket.emit('typing', { room: room.key });
  }

  /** The rooms that exist; none while we are not connected. */
  list(done: (list: RoomList) => void): void {
    if (!this.#socket.connected) return;
    this.#socket.timeout(5000).emit('rooms', (error: Error | null, answer?: Answer<RoomList>) => {
      if (!error && answer?.ok) done(answer);
    });
  }

  #connected(): void {
    for (const room of this.rooms.values()) this.#enter(room);
  }

  #disconnected(): void {
    this.outbox.hold();
    for (const room of this.rooms.values()) {
      room.joined = false;
      room.typing.clear();
      this.#tell.room(room);
      this.#tell.outbox(room);
    }
  }

  #enter(room: Room): void {
    if (room.joined || !this.#socket.connected || this.name === '') return;
    if (room.key === everyone) return this.#entered(room);
    const wish = { room: room.key, name: this.name };
    this.#socket.timeout(10_000).emit('join', wish, (error: Error | null, answer?: Answer<Joined>) => {
      if (!this.#socket.connected || this.rooms.get(room.key) !== room) return;
      if (error || answer === undefined) return this.#enter(room);
      if (!answer.ok) return this.#barred(room, answer.error.message);
      this.#catchUp(room, answer);
      this.#entered(room);
    });
  }

  #catchUp(room: Room, { history, members, count }: Joined): void {
    const fresh = unseen(room, history);
    const mine = fresh.filter(({ from }) => from === this.name).map(({ text }) => text);
    this.outbox.settleTried(room.key, mine);
    for (const message of fresh) this.#line(room, messageLine(message, message.from === this.name));
    room.people = members;
    room.members = count;
  }

  #barred(room: Room, why: string): void {
    room.barred = true;
    this.#tell.room(room);
    this.#notice(room, `You are not in this room. ${why}.`);
  }

  #entered(room: Room): void {
    room.joined = true;
    room.barred = false;
    this.#tell.room(room);
    this.#send(room);
  }

  #send(room: Room): void {
    const item = room.joined && this.#socket.connected ? this.outbox.next(room.key) : undefined;
    if (item !== undefined) {
      item.state = 'sending';
      const [event, payload] =
        room.key === everyone ? ['chat message', item.text] : ['message', { room: room.key, text: item.text }];
      this.#socket.timeout(10_000).emit(event as string, payload, (error: Error | null, answer?: Answer<object>) => {
        this.#sent(room, item, error ? undefined : answer);
      });
    }
    this.#tell.outbox(room);
  }

  #sent(room: Room, item: Unsent, answer: Answer<object> | undefined): void {
    if (answer?.ok) this.outbox.settle(item);
    else if (item.state !== 'sending') return;
    else if (answer === undefined || answer.error.code === 'NOT_JOINED') {
      item.state = 'waiting';
      item.tried = answer === undefined;
      room.joined = false;
      return this.#enter(room);
    } else if (answer.error.code === 'RATE_LIMITED') {
      item.state = 'waiting';
      setTimeout(() => this.#send(room), 1000);
      return this.#tell.outbox(room);
    } else {
      item.state = 'failed';
      item.reason = answer.error.message;
    }
    this.#send(room);
  }

  #heard(message: ChatMessage): void {
    const room = this.rooms.get(message.room);
    if (!room) return;
    const mine = message.from === this.name && this.outbox.settleEcho(room.key, message.text);
    if (mine) this.#tell.outbox(room);
    room.typing.delete(message.from);
    this.#line(room, messageLine(message, mine));
  }

  #heardPlain(text: string): void {
    const room = this.rooms.get(everyone);
    if (!room) return;
    const mine = this.outbox.settleEcho(everyone, text);
    if (mine) this.#tell.outbox(room);
    this.#line(room, { kind: 'message', id: '', from: mine ? this.name : '', text, at: Date.now(), mine });
  }

  #typing(key: string, name: string): void {
    const room = this.rooms.get(key);
    if (!room) return;
    room.typing.set(name, performance.now());
    this.#tell.room(room);
  }

  #presence(change: Presence, what: string): void {
    const room = this.rooms.get(change.room);
    if (!room) return;
    room.members = change.members;
    if (what === 'left' && change.name === room.former) room.former = '';
    else if (change.name !== this.name) this.#notice(room, change.name === undefined ? what : `${change.name} ${what}`);
    this.#tell.room(room);
  }

  #notice(room: Room, text: string): void {
    const line = noticeLine(text, Date.now());
    addLine(room, line);
    this.#tell.line(room, line);
  }

  #line(room: Room, line: Line): void {
    addLine(room, line);
    if (room.key !== this.current) room.unread += 1;
    this.#tell.line(room, line);
  }
}
