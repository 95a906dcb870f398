/** What faults there are: their parameters, read at the door, and what each does to a connection that it touches. */

import { z } from 'zod';
import { bandwidth, bandwidthSchema } from './bandwidth.ts';
import { blackhole, blackholeSchema } from './blackhole.ts';
import { buffered, bufferedSchema } from './buffered.ts';
import { close, closeSchema } from './close.ts';
import { latency, latencySchema } from './latency.ts';
import { limit, limitSchema } from './limit.ts';
import { refuse, refuseSchema } from './refuse.ts';
import { reset, resetSchema } from './reset.ts';
import { slicer, slicerSchema } from './slicer.ts';
import { slowClose, slowCloseSchema } from './slow-close.ts';
import type { Handler, Stage } from './stage.ts';
import { upgradeRefused, upgradeRefusedSchema } from './upgrade-refused.ts';
import { upgradeStripped, upgradeStrippedSchema } from './upgrade-stripped.ts';
import { upgradeSwallowed, upgradeSwallowedSchema } from './upgrade-swallowed.ts';
import { websocketCut, websocketCutSchema } from './websocket-cut.ts';

/** What a fault does with the chunks of either direction; those without a handler pass. */
export interface Handlers {
  readonly up?: Handler | undefined;
  readonly down?: Handler | undefined;
}

/** The contract of a fault: it is given its parameters and its place in both directions of one connection. */
export type Attach<F> = (fault: F, up: Stage, down: Stage) => Handlers;

/** Every fault as it is written: plain data, told apart by `kind`. */
export const faultSchema = z.discriminatedUnion(
  'kind',
  [
    latencySchema,
    bandwidthSchema,
    slicerSchema,
    resetSchema,
    closeSchema,
    blackholeSchema,
    slowCloseSchema,
    limitSchema,
    refuseSchema,
    upgradeRefusedSchema,
    upgradeStrippedSchema,
    upgradeSwallowedSchema,
    websocketCutSchema,
    bufferedSchema,
  ],
  { error: ({ code }) => (code === 'invalid_union' ? undefined : 'an object with a kind') },
);

/** A fault with all its parameters. */
export type Fault = z.output<typeof faultSchema>;

/** A fault as it is written: what has a default may be left out. */
export type FaultInput = z.input<typeof faultSchema>;

/** What each kind does. */
export const attachments: { readonly [Kind in Fault['kind']]: Attach<Extract<Fault, { kind: Kind }>> } = {
  latency: byDirection(latency),
  bandwidth: byDirection(bandwidth),
  slicer: byDirection(slicer),
  reset: byDirection(reset),
  close: byDirection(close),
  blackhole: byDirection(blackhole),
  'slow-close': byDirection(slowClose),
  limit: byDirection(limit),
  refuse,
  'upgrade-refused': upgradeRefused,
  'upgrade-stripped': upgradeStripped,
  'upgrade-swallowed': upgradeSwallowed,
  'websocket-cut': websocketCut,
  buffered,
};

/** The kinds there are. */
export const faultKinds = Object.keys(attachments) as readonly Fault['kind'][];

/** A fault that cannot be: the message has a sentence for each problem. */
export class FaultError extends Error {
  readonly code = 'FAULT';
}

/** Reads a fault. Throws a FaultError. */
export function parseFault(input: unknown): Fault {
  const parsed = faultSchema.safeParse(input, { reportInput: true });
  if (parsed.success) return parsed.data;
  const kind = faultKinds.find((known) => known === (input as { kind?: unknown } | null)?.kind) ?? 'fault';
  throw new FaultError(parsed.error.issues.map((issue) => sentence(kind, issue)).join('\n'));
}

function byDirection<F extends { direction: 'up' | 'down' | 'both' }>(
  pipe: (fault: F, stage: Stage, opposite: Stage) => Handler,
): Attach<F> {
  return (fault, up, down) => ({
    up: fault.direction === 'down' ? undefined : pipe(fault, up, down),
    down: fault.direction === 'up' ? undefined : pipe(fault, down, up),
  });
}

function sentence(kind: string, issue: z.core.$ZodIssue): string {
  const place = [kind, ...issue.path].join('.');
  if (issue.code === 'unrecognized_keys') {
    return `Expected \`${place}\` to have no parameter ${issue.keys.map((key) => `\`${key}\``).join(', ')}.`;
  }
  const unknown = issue.code === 'invalid_union' && issue.message.startsWith('Invalid');
  const expected = unknown ? `one of ${faultKinds.join(', ')}` : issue.message;
  const input = unknown ? (issue.input as { kind?: unknown }).kind : issue.input;
  return `Expected \`${place}\` to be ${expected}, got ${input === undefined ? 'nothing' : `\`${JSON.stringify(input)}\``}.`;
}
