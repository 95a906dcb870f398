import { z } from 'zod';

/** The code in a refused ack. Stable: dialects and clients tell refusals apart by it. */
export type RefusalCode =
  | 'INVALID'
  | 'TOO_LONG'
  | 'NOT_JOINED'
  | 'RATE_LIMITED'
  | 'NAME_TAKEN'
  | 'ROOM_FULL'
  | 'TOO_MANY_ROOMS'
  | 'INTERNAL';

/** Why a payload is not taken, with a sentence for the person who sent it. */
export interface Refused {
  readonly code: RefusalCode;
  readonly message: string;
}

/** The checks of every payload that clients send; each gives the payload's own fields or why it is refused. */
export interface Payloads {
  readonly join: Check<{ room: string; name: string }>;
  readonly leave: Check<{ room: string }>;
  readonly presence: Check<{ room: string }>;
  readonly typing: Check<{ room: string }>;
  readonly message: Check<{ room: string; text: string }>;
  readonly plain: Check<string>;
}

export type Check<T> = (payload: unknown) => { readonly ok: true; readonly value: T } | RefusedAck;

/** What an ack says when something was refused. */
export interface RefusedAck {
  readonly ok: false;
  readonly error: Refused;
}

/** The checks for messages of up to `messageLength` characters; room names go to 64, people's names to 40. */
export function payloads(messageLength: number): Payloads {
  const room = label('room', 64);
  const text = aString(
    'Expected the text of a message to be a string',
    z
      .string()
      .min(1, 'Expected a message that is not empty')
      .max(messageLength, `Expected a message of at most ${messageLength} characters`),
  );
  const inRoom = z.object({ room }, notAnObject);
  return {
    join: check(z.object({ room, name: label('name', 40) }, notAnObject)),
    leave: check(inRoom),
    presence: check(inRoom),
    typing: check(inRoom),
    message: check(z.object({ room, text }, notAnObject)),
    plain: check(text),
  };
}

/** An ack that says no. */
export function refuse(code: RefusalCode, message: string): RefusedAck {
  return { ok: false, error: { code, message } };
}

const notAnObject = { error: 'Expected one object as the payload' };

/** Names that mean something to JavaScript objects: no client should have to defend itself against them. */
const reserved = new Set(['__proto__', 'constructor', 'prototype']);

/** Control characters, line separators and those that turn the writing direction of what follows. */
const unprintable = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

function label(what: string, longest: number) {
  return aString(
    `Expected \`${what}\` to be a string`,
    z
      .string()
      .min(1, `Expected \`${what}\` not to be empty`)
      .max(longest, { error: `Expected \`${what}\` to have at most ${longest} characters`, abort: true })
      .refine((value) => value === value.trim() && !unprintable.test(value) && !reserved.has(value), {
        error: `Expected \`${what}\` to be printable, without spaces around it, and no reserved word`,
      }),
  );
}

/**
 * Checks a string only once it is known to be one. zod's length checks run on anything that has a `length`, and throw
 * where that cannot be compared, as with `{ length: { toString: 1 } }`.
 */
function aString(error: string, checks: z.ZodType<string, string>) {
  return z.string({ error }).pipe(checks);
}

function check<T>(schema: z.ZodType<T>): Check<T> {
  return (payload) => {
    if (typeof payload === 'object' && payload !== null && Object.hasOwn(payload, '__proto__')) {
      return refuse('INVALID', 'Expected a payload without a key `__proto__`');
    }
    const result = schema.safeParse(payload);
    if (result.success) return { ok: true, value: result.data };
    const [issue] = result.error.issues;
    return refuse(issue?.code === 'too_big' ? 'TOO_LONG' : 'INVALID', issue?.message ?? 'Expected another payload');
  };
}
