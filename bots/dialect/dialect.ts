/**
 * A dialect: how to reach a target, who its users are, and how its chat is spoken. What is emitted is given as it goes over
 * the wire, with blanks such as `{room}`, `{name}` and `{text}`; what is received is found by a path, such as `0.text`: the
 * `text` of the first argument. In TypeScript, functions may stand for both.
 */

import { z } from 'zod';
import { bytes, wholeSeconds } from '../../base/units.ts';

export type Json = z.infer<ReturnType<typeof z.json>>;
/** What stands for the blanks: `room`, `name`, `text` and `n`, the user's own columns, and what was captured. */
export type Blanks = Readonly<Record<string, string>>;
/** Where something is in an event's arguments: a path, or, in TypeScript, a function of them. */
export type Path = string | ((...args: unknown[]) => unknown);
/** What is emitted: the arguments with blanks, or, in TypeScript, a function of the blanks. */
export type Args = readonly Json[] | ((blanks: Blanks) => readonly unknown[]);

/** A text that is written into a run only by its name, never by its value. */
const secretText = z.string();

function schemaOf(argsSchema: z.ZodType<Args>, pathSchema: z.ZodType<Path>) {
  const emitted = {
    emit: z.string().min(1).describe('The event to emit'),
    args: argsSchema.default([]).describe('Its arguments; blanks such as {room}, {name} and {text} are filled in'),
  };
  const path = pathSchema.describe('Where in the arguments: 0 is the first one, 0.text its field text');
  const captures = z
    .record(z.string().regex(/^[a-z]\w*$/i, 'names such as userID'), path)
    .default({})
    .describe('Values to keep, by the name of the blank that they fill from then on, and where they are');
  const step = z.union(
    [
      z.strictObject({
        ...emitted,
        ack: z.boolean().default(false).describe('Whether to wait for its ack'),
        capture: captures.describe('Values of the ack to keep, as blanks'),
      }),
      z.strictObject({
        wait: z.string().min(1).describe('The event to wait for; it may have come already'),
        capture: captures.describe('Values of the event to keep, as blanks'),
      }),
    ],
    'a step with either `emit` or `wait`',
  );
  const send = z.strictObject({
    ...emitted,
    args: emitted.args.describe('Its arguments, with {text} for the message. A lone {text:buffer} becomes a Buffer'),
    ack: z.boolean().default(false).describe('Whether the server acknowledges it'),
    volatile: z.boolean().default(false).describe('Whether it may be discarded while the client is offline'),
    to: z
      .enum(['room', 'peer'])
      .default('room')
      .describe('Who should receive it: the room, or one other user in it, whose captured values are {peer.NAME}'),
    size: bytes.nullable().default(null).describe('Pads every text to this length, such as 2kB'),
  });
  const hear = z.strictObject({
    event: z.string().min(1).describe('The event that brings messages'),
    text: path.default('0'),
    key: path
      .nullable()
      .default(null)
      .describe('With `send: none`: what tells one message from another; by default all of it'),
    sentAt: path
      .nullable()
      .default(null)
      .describe('With `send: none`: when the server sent it, in ms since 1970 or as an ISO date'),
  });
  return z
    .strictObject({
      namespace: z.string().regex(/^\//, 'a path such as /chat').default('/').describe('The Socket.IO namespace'),
      path: z
        .string()
        .regex(/^\//, 'a path such as /socket.io/')
        .default('/socket.io/')
        .describe('Where on the server Socket.IO is, if not at /socket.io/'),
      transports: z
        .array(z.enum(['polling', 'websocket']))
        .min(1)
        .nullable()
        .default(null)
        .describe("The transports to use, in this order, for probes and crowd; by default the client's own"),
      headers: z
        .record(z.string(), secretText)
        .default({})
        .describe('Headers of every request; never written to a run'),
      query: z.record(z.string(), secretText).default({}).describe('Query parameters; never written to a run'),
      cookies: z.boolean().default(false).describe('Whether each user keeps cookies and sends them back'),
      parser: z
        .string()
        .min(1)
        .nullable()
        .default(null)
        .describe('A parser other than the default: msgpack, or a module that exports Encoder and Decoder'),
      tls: z
        .strictObject({
          ca: z
            .string()
            .min(1)
            .nullable()
            .default(null)
            .describe("A file with the certificate that signed the server's"),
          insecure: z.boolean().default(false).describe('Whether to accept any certificate'),
        })
        .default({ ca: null, insecure: false }),
      auth: z
        .record(z.string(), z.json())
        .default({})
        .describe('Sent with the connection; blanks are filled in; never written to a run'),
      users: z
        .string()
        .min(1)
        .nullable()
        .default(null)
        .describe('A .csv file with a row for each user, whose columns become blanks such as {token}'),
      credentials: z
        .string()
        .min(1)
        .nullable()
        .default(null)
        .describe('A .ts file that exports `credentials(n)`, which gives the blanks of user n'),
      login: z
        .strictObject({
          path: z.string().min(1).describe('The path, or the whole address, of the request'),
          method: z.enum(['POST', 'GET', 'PUT']).default('POST'),
          json: z.json().optional().describe('Its body as JSON; blanks are filled in'),
          form: z.record(z.string(), z.string()).optional().describe('Its body as a form; blanks are filled in'),
          headers: z.record(z.string(), z.string()).default({}),
          take: z
            .record(
              z.string().regex(/^[a-z]\w*$/i, 'names such as token'),
              z.string().regex(/^(body|cookie|header)\../, 'a place such as body.token, cookie.sid or header.x-csrf'),
            )
            .default({})
            .describe('Which blanks to take from its answer: body.token, cookie.sid, or header.x-csrf'),
        })
        .refine(({ json, form }) => json === undefined || form === undefined, 'with either `json` or `form`')
        .nullable()
        .default(null)
        .describe('An HTTP request that each user makes before it connects'),
      onConnect: z.array(step).default([]).describe('What each user does on every connection before it joins'),
      join: z
        .strictObject({
          ...emitted,
          confirm: z
            .union(
              [z.literal('ack'), z.literal('none'), z.strictObject({ event: z.string().min(1) })],
              'ack, none, or { event: NAME }',
            )
            .describe('What confirms a join: its ack, an event, or nothing'),
          history: path
            .nullable()
            .default(null)
            .describe("Where in the ack's arguments the room's latest messages are"),
        })
        .nullable()
        .default(null)
        .describe('How to join a room; null where connecting is joining'),
      leave: z.strictObject(emitted).nullable().default(null).describe('How to leave a room'),
      send: z
        .union([z.literal('none'), send], 'none, or the event to emit')
        .describe('How to send a message; none where only the server speaks'),
      hear: z
        .union([z.literal('ack'), hear], 'ack, or the event that brings messages')
        .describe('How messages arrive; ack where a request is answered by its ack alone'),
      presence: z
        .strictObject({ ...emitted, members: path.describe("Where in the ack's arguments the names are") })
        .nullable()
        .default(null)
        .describe('How to ask who is in a room; null if the server cannot tell'),
      node: z
        .strictObject({ event: z.string().min(1), name: path.default('0') })
        .nullable()
        .default(null)
        .describe(
          'The event by which a server of several nodes tells a client which one it is on, and where its name is',
        ),
      background: z
        .array(z.strictObject({ ...emitted, every: wholeSeconds.refine((s) => s > 0, 'at least 1s') }))
        .default([])
        .describe('What each crowd user emits besides messages, such as typing'),
      echo: z.boolean().default(true).describe('Whether a sender receives its own messages'),
      hooks: z
        .strictObject({
          restart: z.string().min(1).nullable().default(null).describe('Restarts the server in order'),
          kill: z.string().min(1).nullable().default(null).describe('Ends the server at once; needs `start`'),
          start: z.string().min(1).nullable().default(null).describe('Starts the server'),
        })
        .default({ restart: null, kill: null, start: null })
        .describe('Commands by which faults of the server are made; the server is yours'),
      pid: z
        .union([z.number().int().positive(), z.string().min(1)])
        .nullable()
        .default(null)
        .describe('The process id of a server on this machine, or a file with it: for its CPU, memory and descriptors'),
      vitals: z
        .strictObject({
          token: z.string().min(1).describe('The token that the server was instrumented with'),
          path: z.string().regex(/^\//, 'a path').default('/chatstorm/vitals').describe('Where it answers'),
          nodes: z
            .array(z.url({ protocol: /^https?$/ }))
            .default([])
            .describe('The addresses of its nodes, where there are several; by default the target'),
        })
        .nullable()
        .default(null)
        .describe('How to ask a server that calls instrument() for what only it knows of itself'),
    })
    .refine(({ send, hear }) => send !== 'none' || hear !== 'ack', 'with `send`, `hear`, or both')
    .refine(
      ({ hear, send }) => hear !== 'ack' || (send !== 'none' && send.ack),
      'with `send.ack: true` for `hear: ack`',
    )
    .refine(({ hear, send }) => hear === 'ack' || send === 'none' || holdsText(send.args), {
      message: 'Expected `send.args` to hold {text}, which becomes the message',
      path: ['send', 'args'],
    });
}

function holdsText(args: Args): boolean {
  return typeof args === 'function' || /\{text(:buffer)?\}/.test(JSON.stringify(args));
}

const pathText = z.string().regex(/^\d+(\.[^.]+)*$/, 'a path such as 0 (the first argument) or 0.text');

/** Of a dialect in YAML. */
export const dialectSchema = schemaOf(z.array(z.json()), pathText);

/** Of a dialect in TypeScript: functions may stand for arguments and paths. */
export const dialectModuleSchema = schemaOf(
  z.union([z.array(z.json()), z.custom<Args>((value) => typeof value === 'function')], 'a list, or a function'),
  z.union([pathText, z.custom<Path>((value) => typeof value === 'function')], 'a path such as 0.text, or a function'),
);

export type Dialect = z.output<typeof dialectModuleSchema>;
/** A dialect as it is written. */
export type DialectInput = z.input<typeof dialectModuleSchema>;
export type Send = Exclude<Dialect['send'], 'none'>;
export type Hear = Exclude<Dialect['hear'], 'ack'>;
export type ConnectStep = Dialect['onConnect'][number];

/** Whether messages go to everyone (chat), only the server speaks (listening), or requests are answered (asking). */
export type DialectKind = 'chat' | 'listening' | 'asking';

export function kindOf({ send, hear }: Dialect): DialectKind {
  if (send === 'none') return 'listening';
  return hear === 'ack' ? 'asking' : 'chat';
}

/** Whether each message goes to one other user. */
export function isDirect({ send }: Dialect): boolean {
  return send !== 'none' && send.to === 'peer';
}

/** Whether there are rooms to tell apart: only a `join` that names one of them makes them. */
export function hasRooms({ join, onConnect }: Dialect): boolean {
  const emitted = [join?.args, ...onConnect.map((step) => ('emit' in step ? step.args : []))];
  return emitted.some((args) => typeof args === 'function' || JSON.stringify(args ?? []).includes('{room}'));
}
