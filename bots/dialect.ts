/**
 * A dialect: how to speak the target's chat. What is emitted is given as it goes over the wire, with `{room}`, `{name}`
 * and `{text}` replaced by their values; what is received is found by a path, such as `0.text`: the `text` of the first
 * argument.
 */

import { z } from 'zod';

const emitted = {
  emit: z.string().min(1).describe('The event to emit'),
  args: z
    .array(z.json())
    .refine(
      (args) => !/\{(?!room\}|name\}|text\})\w+\}/.test(JSON.stringify(args)),
      'arguments with no blanks but {room}, {name} and {text}',
    )
    .describe('Its arguments; {room}, {name} and {text} are filled in'),
};
const path = z
  .string()
  .regex(/^\d+(\.[^.]+)*$/, 'a path such as 0 (the first argument) or 0.text')
  .describe('Where in the arguments: 0 is the first one, 0.text its field text');

export const dialectSchema = z.strictObject({
  namespace: z.string().regex(/^\//, 'a path such as /chat').default('/').describe('The Socket.IO namespace'),
  path: z
    .string()
    .regex(/^\//, 'a path such as /socket.io/')
    .default('/socket.io/')
    .describe('Where on the server Socket.IO is, if not at /socket.io/'),
  auth: z
    .record(z.string(), z.string().regex(/^(?!.*\{\w+\})/, 'a text without blanks: `auth` has none'))
    .default({})
    .describe('Sent with the connection; never written to a run'),
  join: z
    .strictObject({
      ...emitted,
      confirm: z
        .union(
          [z.literal('ack'), z.literal('none'), z.strictObject({ event: z.string().min(1) })],
          'ack, none, or { event: NAME }',
        )
        .describe('What confirms a join: its ack, an event, or nothing'),
      history: path.nullable().default(null).describe("Where in the ack's arguments the room's latest messages are"),
    })
    .nullable()
    .default(null)
    .describe('How to join a room; null where connecting is joining'),
  leave: z.strictObject(emitted).nullable().default(null).describe('How to leave a room'),
  send: z.strictObject({
    ...emitted,
    args: emitted.args.refine(
      (args) => JSON.stringify(args).includes('{text}'),
      'arguments with {text}, which becomes the message',
    ),
    ack: z.boolean().describe('Whether the server acknowledges it'),
    volatile: z.boolean().default(false).describe('Whether it may be discarded while the client is offline'),
  }),
  hear: z.strictObject({ event: z.string().min(1), text: path }),
  presence: z
    .strictObject({ ...emitted, members: path.describe("Where in the ack's arguments the names are") })
    .nullable()
    .default(null)
    .describe('How to ask who is in a room; null if the server cannot tell'),
  echo: z.boolean().default(true).describe('Whether a sender receives its own messages'),
});

export type Dialect = z.infer<typeof dialectSchema>;

/** The plainest chat there is: a string to everyone connected, no rooms, no acks. */
export const plain: Dialect = {
  namespace: '/',
  path: '/socket.io/',
  auth: {},
  join: null,
  leave: null,
  send: { emit: 'chat message', args: ['{text}'], ack: false, volatile: false },
  hear: { event: 'chat message', text: '0' },
  presence: null,
  echo: true,
};

/** The reference server's chat: rooms, names, acks and a history. */
export const rooms: Dialect = {
  namespace: '/',
  path: '/socket.io/',
  auth: {},
  join: { emit: 'join', args: [{ room: '{room}', name: '{name}' }], confirm: 'ack', history: '0.history' },
  leave: { emit: 'leave', args: [{ room: '{room}' }] },
  send: { emit: 'message', args: [{ room: '{room}', text: '{text}' }], ack: true, volatile: false },
  hear: { event: 'message', text: '0.text' },
  presence: { emit: 'presence', args: [{ room: '{room}' }], members: '0.members' },
  echo: true,
};

export const dialects = { plain, rooms } as const;

type Json = z.infer<ReturnType<typeof z.json>>;
export type Blanks = Readonly<Record<'room' | 'name' | 'text', string>>;

/** Whether there are rooms to tell apart: only a `join` that names one of them makes them. */
export function hasRooms({ join }: Dialect): boolean {
  return join !== null && JSON.stringify(join.args).includes('{room}');
}

/** The arguments with the blanks filled in, wherever in them a `{room}`, `{name}` or `{text}` stands. */
export function fillIn(args: readonly Json[], blanks: Blanks): Json[] {
  return args.map((arg) => fill(arg, blanks));
}

/** A reader of what stands at a path of an event's arguments; it gives undefined where there is nothing. */
export function readerOf(path: string): (args: readonly unknown[]) => unknown {
  const steps = path.split('.');
  return (args) => {
    let found: unknown = args;
    for (const step of steps) {
      if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
      found = (found as Record<string, unknown>)[step];
    }
    return found;
  };
}

/** The reason in an ack that refuses: `ok: false` or an `error` in its first argument; undefined in any other. */
export function refusal(args: readonly unknown[]): string | undefined {
  const [answer] = args;
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { ok, error } = answer as { ok?: unknown; error?: unknown };
  if (ok !== false && !error) return undefined;
  if (typeof error === 'string') return error;
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return String(code ?? message ?? 'refused');
}

function fill(value: Json, blanks: Blanks): Json {
  if (typeof value === 'string')
    return value.replace(/\{(room|name|text)\}/g, (_, blank: keyof Blanks) => blanks[blank]);
  if (Array.isArray(value)) return value.map((item) => fill(item, blanks));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, blanks)]));
}
