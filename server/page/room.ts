import type { ChatMessage } from './protocol.ts';

/** A line of a room's conversation: somebody's message, or a notice of ours. */
export interface Line {
  readonly kind: 'message' | 'notice';
  readonly id: string;
  readonly from: string;
  readonly text: string;
  readonly at: number;
  readonly mine: boolean;
}

/** A room we are in, or the pseudo room of everyone; it keeps the last `mostLines` lines. */
export interface Room {
  readonly key: string;
  readonly lines: Line[];
  readonly typing: Map<string, number>;
  joined: boolean;
  /** The server does not let us in. */
  barred: boolean;
  /** How many are in, and the names of those, not all where there are many. */
  members: number;
  people: readonly string[];
  /** The name we gave up, until the room is told that it left. */
  former: string;
  unread: number;
}

/** Neither memory nor the DOM holds more lines than this. */
export const mostLines = 300;

export function newRoom(key: string): Room {
  const nobody = { members: 0, people: [], former: '', unread: 0 };
  return { key, lines: [], typing: new Map(), joined: false, barred: false, ...nobody };
}

/** Adds a line and drops the oldest of too many. */
export function addLine(room: Room, line: Line): void {
  room.lines.push(line);
  if (room.lines.length > mostLines) room.lines.shift();
}

export function messageLine(message: ChatMessage, mine: boolean): Line {
  return { kind: 'message', id: message.id, from: message.from, text: message.text, at: message.at, mine };
}

export function noticeLine(text: string, at: number): Line {
  return { kind: 'notice', id: '', from: '', text, at, mine: false };
}

/** What of a room's history we have not seen yet, the oldest first. */
export function unseen(room: Room, history: readonly ChatMessage[]): ChatMessage[] {
  const known = new Set(room.lines.map(({ id }) => id));
  return history.filter(({ id }) => !known.has(id));
}
