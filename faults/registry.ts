/** Every kind of fault that there is, and how faults are read. */

import { z } from 'zod';
import { UsageError } from '../base/errors.ts';
import { issueSentence } from '../base/validation-sentence.ts';
import type { Attach, FaultKind, Handlers } from './fault.ts';
import * as kinds from './kinds/all.ts';
import type { Stage } from './proxy/stage.ts';

type Kinds = (typeof kinds)[keyof typeof kinds];
type Schema = Kinds extends FaultKind<infer S> ? S : never;

const all = Object.values(kinds) as readonly FaultKind[];

/** Every fault as it is written: plain data, told apart by `kind`. */
export const faultSchema = z.discriminatedUnion(
  'kind',
  all.map(({ schema }) => schema) as unknown as [Schema, ...Schema[]],
  {
    error: ({ code }) => (code === 'invalid_union' ? undefined : 'an object with a kind'),
  },
);

/** A fault with all its parameters. */
export type Fault = z.output<typeof faultSchema>;

/** A fault as it is written: what has a default may be left out. */
export type FaultInput = z.input<typeof faultSchema>;

/** The names of the kinds. */
export const faultKinds = all.map(({ kind }) => kind) as readonly Fault['kind'][];

const attachments = new Map(all.map(({ kind, attach }) => [kind, attach as Attach<unknown>]));

/** Whether a fault is to end connections that are open when it comes. */
export function cutsOpenConnections({ kind, touches }: Fault): boolean {
  return touches !== 'new' && all.some((known) => known.kind === kind && known.cuts);
}

/** Whether a fault ends connections only by silence: they end once an end misses the other's heartbeat. */
export function cutsBySilence(fault: Fault): boolean {
  return cutsOpenConnections(fault) && all.some(({ kind, silent }) => kind === fault.kind && silent);
}

/** Lets a fault take hold of a connection. */
export function attachFault(fault: Fault, up: Stage, down: Stage): Handlers {
  return attachments.get(fault.kind)!(fault, up, down);
}

/** Reads a fault. Throws a UsageError with a sentence for each problem. */
export function parseFault(input: unknown): Fault {
  const parsed = faultSchema.safeParse(input, { reportInput: true });
  if (parsed.success) return parsed.data;
  const given = (input as { kind?: unknown } | null)?.kind;
  const kind = faultKinds.find((known) => known === given);
  if (!kind) {
    const got = given === undefined ? JSON.stringify(input) : JSON.stringify(given);
    throw new UsageError(
      'FAULT',
      `Expected a fault's \`kind\` to be one of ${faultKinds.join(', ')}, got ${got}.`,
      'kind',
    );
  }
  const sentences = parsed.error.issues.map((issue) => `${issueSentence(issue, [kind, ...issue.path].join('.'))}.`);
  throw new UsageError('FAULT', sentences.join('\n'), kind);
}
