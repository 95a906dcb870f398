/** A message as the server sends it to everybody in a room; `at` is the server's wall clock in ms. */
export interface ChatMessage {
  readonly id: string;
  readonly room: string;
  readonly from: string;
  readonly text: string;
  readonly at: number;
}

/** What an ack says: yes, with what was asked for, or no, with the reason. */
export type Answer<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly error: Refusal };

export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** The ack of `presence`: names of people in a room, not all of them where there are many, and how many there are. */
export interface Members {
  readonly members: readonly string[];
  readonly count: number;
}

/** The ack of `join`. */
export interface Joined extends Members {
  readonly history: readonly ChatMessage[];
}

/** A room that exists on the server, whether we are in it or not. */
export interface OpenRoom {
  readonly room: string;
  readonly members: number;
}

/** The ack of `rooms`. */
export interface RoomList {
  readonly rooms: readonly OpenRoom[];
  readonly connected: number;
}

/** Somebody came or went; `name` is missing where many did at once. */
export interface Presence {
  readonly room: string;
  readonly name?: string;
  readonly members: number;
}

/** The key of the pseudo room that speaks and hears plain `chat message`: no room of the server has an empty name. */
export const everyone = '';
